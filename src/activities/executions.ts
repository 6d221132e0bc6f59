import { WorkflowNotFoundError, type Client, type WorkflowExecutionStatusName } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import proto from '@temporalio/proto';

const { WorkflowExecutionStatus } = proto.temporal.api.enums.v1;
const STATUS_PREFIX = 'WORKFLOW_EXECUTION_STATUS_';
/** As the SDK spells them, which is not as the server does. */
const SPELLED: Partial<Record<string, WorkflowExecutionStatusName>> = { CANCELED: 'CANCELLED' };
/** gRPC's own number for it. */
const NOT_FOUND = 5;

/** A workflow as the server describes it, and what of its memo can be read here. */
export interface Execution {
  workflowId: string;
  runId: string;
  type: string;
  status: { name: WorkflowExecutionStatusName };
  startTime: Date;
  closeTime: Date | undefined;
  /** Without the fields whose payload nobody here can decrypt or convert. */
  memo: Readonly<Record<string, unknown>>;
}

/**
 * Lists workflows. The SDK's own list ends with an error at the first memo that cannot be read, and anybody may start a
 * workflow that is called like one of ours.
 */
export async function* executions(client: Client, query: string, pageSize?: number): AsyncGenerator<Execution> {
  const { namespace } = client.options;
  let nextPageToken: Uint8Array = new Uint8Array();
  do {
    const page = { namespace, query, nextPageToken, ...(pageSize !== undefined && { pageSize }) };
    const answer = await client.workflowService.listWorkflowExecutions(page);
    for (const info of answer.executions) yield await toExecution(client, info);
    ({ nextPageToken } = answer);
  } while (nextPageToken.length > 0);
}

/** Describes the latest run of a workflow. @throws WorkflowNotFoundError */
export async function execution(client: Client, workflowId: string): Promise<Execution> {
  const { namespace } = client.options;
  const { workflowExecutionInfo } = await client.workflowService
    .describeWorkflowExecution({ namespace, execution: { workflowId } })
    .catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === NOT_FOUND)) throw error;
      throw new WorkflowNotFoundError(`there is no workflow ${workflowId}`, workflowId, undefined);
    });
  return toExecution(client, workflowExecutionInfo ?? {});
}

type Info = proto.temporal.api.workflow.v1.IWorkflowExecutionInfo;
type Timestamp = Info['startTime'];

async function toExecution(client: Client, info: Info): Promise<Execution> {
  const workflowId = info.execution?.workflowId ?? '';
  const status = (WorkflowExecutionStatus[info.status ?? 0] ?? '').replace(STATUS_PREFIX, '');
  const fields = Object.entries(info.memo?.fields ?? {});
  const memo: [string, unknown][] = [];
  for (const [name, payload] of fields) {
    const read = await readable(client, workflowId, payload);
    if (read) memo.push([name, read.value]);
  }
  return {
    workflowId,
    runId: info.execution?.runId ?? '',
    type: info.type?.name ?? '',
    status: { name: SPELLED[status] ?? (status as WorkflowExecutionStatusName) },
    startTime: dateOf(info.startTime) ?? new Date(0),
    closeTime: dateOf(info.closeTime),
    memo: Object.fromEntries(memo),
  };
}

/** @returns undefined for what is encrypted with a key that is not here, or is in a form that is not known here */
async function readable(
  { options: { loadedDataConverter, namespace } }: Client,
  workflowId: string,
  payload: Payload,
): Promise<{ value: unknown } | undefined> {
  const context = { type: 'workflow', namespace, workflowId } as const;
  try {
    let payloads = [payload];
    for (const codec of loadedDataConverter.payloadCodecs.toReversed())
      payloads = await codec.decode(payloads, context);
    const [decoded = payload] = payloads;
    return { value: loadedDataConverter.payloadConverter.fromPayload(decoded, context) };
  } catch {
    return undefined;
  }
}

function dateOf(timestamp: Timestamp): Date | undefined {
  if (!timestamp) return undefined;
  return new Date(Number(timestamp.seconds ?? 0) * 1_000 + Math.floor((timestamp.nanos ?? 0) / 1_000_000));
}

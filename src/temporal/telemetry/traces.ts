import { telemetryEnvironment } from '../../config/config.js';
import type { Failures, Traces } from './spans.js';

/**
 * Opens traces where the standard variables of OpenTelemetry name a place for them. Where they name none, nothing is loaded.
 * @param service `service.name`, unless `OTEL_SERVICE_NAME` says otherwise
 * @param failures how what failed is told
 */
export async function openTraces(service: string, failures: Failures): Promise<Traces | undefined> {
  const { isTracing, tracesContent, traceparent } = telemetryEnvironment();
  if (!isTracing) return undefined;
  const { openTelemetry } = await import('./open-telemetry.js');
  return openTelemetry({ service, failures, tracesContent, traceparent });
}

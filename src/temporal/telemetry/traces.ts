import { telemetryEnvironment } from '../../config/config.js';
import type { Traces } from './spans.js';

/**
 * Opens traces where the standard variables of OpenTelemetry name a place for them. Where they name none, nothing is loaded.
 * @param service `service.name`, unless `OTEL_SERVICE_NAME` says otherwise
 */
export async function openTraces(service: string): Promise<Traces | undefined> {
  const { isTracing, traceparent } = telemetryEnvironment();
  if (!isTracing) return undefined;
  const { openTelemetry } = await import('./open-telemetry.js');
  return openTelemetry(service, traceparent);
}

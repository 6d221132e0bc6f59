/**
 * Loaded before any workflow is. The SDK takes the stack of every promise, for the query `__stack_trace`, and looks each of
 * its frames up in the source map: of ten frames that is a tenth of a run's time. The place that threw is kept.
 */
Error.stackTraceLimit = 2;

/**
 * What is read of Temporal's client only once somebody connects, or a connection failed. Named here, as a bundler does not
 * find the names in a package of the old kind by itself.
 */
export { Client, Connection, isGrpcServiceError, ServiceError } from '@temporalio/client';

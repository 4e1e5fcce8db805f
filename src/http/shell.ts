import type { FastifyInstance, FastifyServerOptions } from "fastify";
import fp from "fastify-plugin";
import type { DestinationStream } from "pino";
import { errors, sendFrameworkError } from "./errors.ts";
import { type HealthOptions, health } from "./health.ts";
import { type LandingOptions, landing } from "./landing.ts";
import { type LimitsOptions, limits } from "./limits.ts";
import { type Describe, loggingOptions } from "./logging.ts";
import { type MetricsOptions, metrics } from "./metrics.ts";
import { openapi } from "./openapi.ts";

export type ServerOptions = {
	readonly logLevel: string;
	/** Bytes: the largest body of any request; a route may set less. */
	readonly bodyLimit: number;
	readonly describe?: Describe;
	/** Where log lines go; standard output by default. */
	readonly logStream?: DestinationStream;
};

/** The options a server of this house is made with: `Fastify(serverOptions(…))`. */
export const serverOptions = ({ logLevel, bodyLimit, describe, logStream }: ServerOptions): FastifyServerOptions => ({
	...loggingOptions(logLevel, describe, logStream),
	bodyLimit,
	// What has come in is answered, also while the server closes.
	return503OnClosing: false,
	frameworkErrors: sendFrameworkError,
});

export type ShellOptions = HealthOptions & LandingOptions & LimitsOptions & MetricsOptions;

/** All that surrounds the routes of FHIR, sign-in and administration. Register it before them. */
export const shell = fp(
	async (app: FastifyInstance, options: ShellOptions) => {
		await app.register(limits, options);
		await app.register(errors);
		await app.register(metrics, options);
		await app.register(openapi, options);
		await app.register(health, options);
		await app.register(landing, options);
	},
	{ name: "shell" },
);

import type { FastifyInstance } from "fastify";
import fp from "fastify-plugin";
import { AggregatorRegistry, collectDefaultMetrics, Histogram, Registry } from "prom-client";
import { type Describe, routeOf } from "./logging.ts";

export type MetricsOptions = {
	readonly describe?: Describe;
	/** The metrics of all processes that serve together, as text; by default those of this one. */
	readonly metricsOfAll?: () => Promise<string>;
};

/** Seconds: from a read by id to a large transaction. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Routes are a bounded set; should a label leak ids one day, this bounds what it costs. */
const MOST_SERIES = 1000;

/**
 * `/metrics` for Prometheus: the processes, and how long requests took by method, route pattern and status class. It needs
 * no token, so it holds nothing of any clinic. https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export const metrics = fp(
	async (app: FastifyInstance, { describe = () => ({}), metricsOfAll }: MetricsOptions) => {
		const registry = new Registry();
		if (metricsOfAll) AggregatorRegistry.setRegistries(registry);
		collectDefaultMetrics({ register: registry });
		const duration = new Histogram({
			name: "http_request_duration_seconds",
			help: "Time from the request's head to the end of its answer, in seconds",
			labelNames: ["method", "route", "status"] as const,
			buckets: BUCKETS,
			registers: [registry],
		});
		const series = new Map<string, { observe(seconds: number): void }>();
		app.addHook("onResponse", (request, reply, done) => {
			const route = routeOf(request, describe(request));
			const status = `${Math.trunc(reply.statusCode / 100)}xx`;
			const key = `${request.method} ${route} ${status}`;
			let one = series.get(key);
			if (one === undefined) {
				one = duration.labels(request.method, series.size < MOST_SERIES ? route : "(other)", status);
				if (series.size < MOST_SERIES) series.set(key, one);
			}
			one.observe(reply.elapsedTime / 1000);
			done();
		});
		app.get("/metrics", { logLevel: "warn", schema: { hide: true } }, async (_request, reply) =>
			reply.header("content-type", registry.contentType).send(await (metricsOfAll ?? (() => registry.metrics()))()),
		);
	},
	{ name: "metrics" },
);

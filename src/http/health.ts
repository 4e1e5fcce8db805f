import type { FastifyInstance } from "fastify";
import fp from "fastify-plugin";
import { Problem } from "../kernel/index.ts";

export type HealthOptions = {
	/** Settles when the database answers and is migrated, with the number of clinics that are not; rejects otherwise. */
	readonly ready: () => Promise<{ readonly behind: number }>;
	/** Whether the server is shutting down and should get no more requests. */
	readonly isDraining?: () => boolean;
};

const READY_WITHIN_MS = 2000;
const MEND = "run phc tenant migrate";
const QUIET = { logLevel: "warn", schema: { hide: true } } as const;

/**
 * `/healthz`: the process answers. `/readyz`: it can also serve, or 503 that says what is missing. Probes are not logged.
 * Clinics that lack migrations are told but do not make it 503, which would take all others off the air.
 */
export const health = fp(
	async (app: FastifyInstance, { ready, isDraining = () => false }: HealthOptions) => {
		app.get("/healthz", QUIET, async (_request, reply) =>
			reply.header("cache-control", "no-store").send({ status: "ok" }),
		);
		app.get("/readyz", QUIET, async (_request, reply) => {
			reply.header("cache-control", "no-store");
			if (isDraining()) throw new Problem("unavailable", "The server is shutting down. Use another one.");
			try {
				const { behind } = await within(ready(), READY_WITHIN_MS);
				return behind === 0 ? { status: "ready" } : { status: "ready", clinicsBehind: behind, mend: MEND };
			} catch (error) {
				const text = "The database does not answer or is not migrated. Check the server's log.";
				throw error instanceof Problem ? error : new Problem("unavailable", text, String(error));
			}
		});
	},
	{ name: "health" },
);

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_resolve, reject) => {
		timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
	});
	try {
		return await Promise.race([work, late]);
	} finally {
		clearTimeout(timer);
	}
}

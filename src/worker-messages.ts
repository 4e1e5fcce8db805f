import cluster, { type Worker } from "node:cluster";
import { AggregatorRegistry } from "prom-client";
import { Problem } from "./kernel/index.ts";

/** What a worker and the primary tell each other: `ask` numbers a question for metrics and its answer. */
type Message = { readonly ask?: number; readonly text?: string; readonly failure?: string };

const isMessage = (message: unknown): message is Message => typeof message === "object" && message !== null;

/** In the primary: the port that a new worker listens on. @throws Error with the worker's reason when it cannot start. */
export function beginning(worker: Worker): Promise<number> {
	return new Promise((resolve, reject) => {
		worker.once("listening", ({ port }) => resolve(port));
		worker.on("message", (message: unknown) => {
			if (isMessage(message) && message.failure !== undefined) reject(new Error(message.failure));
		});
		worker.once("exit", () => reject(new Error("A worker process ended before it could serve. See the lines above.")));
	});
}

/** In a worker: ends it, telling the primary why. */
export function tellFailure(error: unknown): void {
	const failure = error instanceof Error ? error.message : String(error);
	process.send?.({ failure } satisfies Message, () => process.exit(1));
}

/** In the primary: answers each worker that asks for the metrics of all. */
export function answerWorkers(): void {
	const all = new AggregatorRegistry();
	cluster.on("message", async (worker: Worker, message: unknown) => {
		if (!isMessage(message) || message.ask === undefined) return;
		const text = await all.clusterMetrics().catch(() => undefined);
		if (worker.isConnected()) worker.send({ ask: message.ask, text } satisfies Message);
	});
}

/** In a worker: a function that asks the primary for the metrics of all workers, summed up, as text. */
export function askPrimary(): () => Promise<string> {
	// It listens for the primary's question for this worker's own metrics.
	new AggregatorRegistry();
	const waiting = new Map<number, (text: string | undefined) => void>();
	process.on("message", (message: unknown) => {
		if (isMessage(message) && message.ask !== undefined) waiting.get(message.ask)?.(message.text);
	});
	let asked = 0;
	return async () => {
		const ask = asked++;
		const text = await new Promise<string | undefined>((resolve) => {
			waiting.set(ask, resolve);
			process.send?.({ ask } satisfies Message);
		});
		waiting.delete(ask);
		if (text === undefined) throw new Problem("unavailable", "A worker process is just ending. Ask again.");
		return text;
	};
}

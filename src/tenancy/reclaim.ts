import type pg from "pg";

/**
 * Gives a connection that breaks back to its pool. Kysely keeps one that breaks while a transaction begins, commits
 * or rolls back, so the pool would have one less for ever and would wait for it when it is closed.
 */
export function reclaimBroken(pool: pg.Pool): void {
	const watched = new WeakSet<pg.PoolClient>();
	pool.on("acquire", (client) => {
		if (watched.has(client)) return;
		watched.add(client);
		client.once("end", () => {
			const { release } = client;
			// Whoever holds it may still give it back, which a pool takes only once.
			client.release = () => undefined;
			try {
				release(true);
			} catch {
				// The holder was quicker: the pool has it already.
			}
		});
	});
}

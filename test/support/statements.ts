import type { Pool, PoolClient } from "pg";

/**
 * Runs `work` and gives the text of every SQL statement that reached the driver meanwhile, `BEGIN` and `COMMIT` too.
 * Every way to the database, the ORM's transactions among them, takes a client from the pool first.
 */
export async function statementsOf(pool: Pool, work: () => Promise<unknown>): Promise<string[]> {
	const texts: string[] = [];
	const restore: (() => void)[] = [];
	const seen = new Set<PoolClient>();
	const watch = (client: PoolClient): void => {
		if (seen.has(client)) return;
		seen.add(client);
		const { query } = client;
		client.query = ((...args: Parameters<typeof query>) => {
			const [first] = args as unknown as [string | { text: string }];
			texts.push(typeof first === "string" ? first : first.text);
			return query.apply(client, args);
		}) as typeof query;
		restore.push(() => {
			client.query = query;
		});
	};
	pool.on("acquire", watch);
	try {
		await work();
	} finally {
		pool.off("acquire", watch);
		for (const one of restore) one();
	}
	return texts;
}

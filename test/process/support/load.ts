import type { Test } from "tap";

/** How a request under load ended: with an answer, not taken at all, or with a connection that broke. */
export type Outcome = { readonly status: number; readonly ms: number; readonly type?: string } | "refused" | "broken";

export type Load = {
	/** Patients whose create was answered 201. */
	readonly created: readonly string[];
	/** Transactions by their name: whether each was answered 200. */
	readonly transactions: ReadonlyMap<string, boolean>;
	readonly outcomes: readonly Outcome[];
	/** Creates and transactions that got no answer. */
	readonly unanswered: ReadonlySet<string>;
	/** Lets what is under way end, and sends no more. */
	stop(): Promise<void>;
};

const HELD = ["Patient", "Observation", "Organization"] as const;
const SENDERS = 6;
/** What is asked again when nothing answers; otherwise a server that is down would be asked thousands of times a second. */
const PAUSE_MS = 20;

/** Sends creates and transactions over three tables, each sender its next when the last is answered. */
export function startLoad(t: Test, url: string, token: string, name: string): Load {
	const base = `${url}/t/first/fhir`;
	const created: string[] = [];
	const transactions = new Map<string, boolean>();
	const outcomes: Outcome[] = [];
	const unanswered = new Set<string>();
	let running = true;
	let n = 0;
	const headers = { "content-type": "application/fhir+json", authorization: `Bearer ${token}` };
	const send = async (
		path: string,
		body: unknown,
	): Promise<{ status: number; answer: { id?: string } } | undefined> => {
		const start = Date.now();
		try {
			const reply = await fetch(`${base}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
			const answer = (await reply.json()) as { id?: string; resourceType?: string };
			outcomes.push({ status: reply.status, ms: Date.now() - start, type: answer.resourceType });
			return { status: reply.status, answer };
		} catch (error) {
			const { code } = ((error as Error).cause ?? {}) as { code?: string };
			outcomes.push(code === "ECONNREFUSED" ? "refused" : "broken");
			return undefined;
		}
	};
	const sender = async (): Promise<void> => {
		while (running) {
			const group = `${name}-${n++}`;
			const isCreate = n % 2 === 0;
			if (!isCreate) transactions.set(group, false);
			const reply = isCreate
				? await send("/Patient", { resourceType: "Patient", identifier: [{ value: group }] })
				: await send("", transactionOf(group));
			if (!reply) unanswered.add(group);
			if (reply?.status === 201) created.push(reply.answer.id as string);
			if (reply?.status === 200) transactions.set(group, true);
			if (!reply || reply.status >= 400) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
		}
	};
	const senders = Promise.all(Array.from({ length: SENDERS }, sender));
	const stop = async (): Promise<void> => {
		running = false;
		await senders;
	};
	t.teardown(stop);
	return { created, transactions, outcomes, unanswered, stop };
}

function transactionOf(group: string) {
	const resources = [
		{ resourceType: "Patient", id: group, name: [{ text: group }] },
		{
			resourceType: "Observation",
			id: group,
			status: "final",
			code: { text: "x" },
			subject: { reference: `Patient/${group}` },
		},
		{ resourceType: "Organization", id: group, name: group },
	];
	const entry = resources.map((resource) => ({
		resource,
		request: { method: "PUT", url: `${resource.resourceType}/${group}` },
	}));
	return { resourceType: "Bundle", type: "transaction", entry };
}

/** Asserts that all that was acknowledged is there, and each transaction wholly or not at all. */
export async function nothingLost(t: Test, url: string, token: string, { created, transactions }: Load): Promise<void> {
	const [patients, observations, organizations] = await Promise.all(HELD.map((type) => idsOf(url, token, type)));
	t.ok(created.length > 0 && transactions.size > 0, `${created.length} creates, ${transactions.size} transactions`);
	const lost = created.filter((id) => !patients?.has(id));
	t.strictSame(lost, [], "every create that was answered is there");
	const torn: string[] = [];
	const missing: string[] = [];
	for (const [group, acknowledged] of transactions) {
		const there = [patients, observations, organizations].filter((ids) => ids?.has(group)).length;
		if (there !== 0 && there !== HELD.length) torn.push(group);
		if (acknowledged && there === 0) missing.push(group);
	}
	t.strictSame(torn, [], "no transaction is there in part");
	t.strictSame(missing, [], "every transaction that was answered is there");
}

/** Asserts that of what got no answer nothing was done: the server had not taken it. */
export async function nothingUnanswered(t: Test, url: string, token: string, { unanswered }: Load): Promise<void> {
	const known = await idsOf(url, token, "Patient");
	t.strictSame(
		[...unanswered].filter((group) => known.has(group)),
		[],
		"what was taken was answered",
	);
}

/** The ids, and the values of identifiers, of all resources of a type. */
async function idsOf(url: string, token: string, type: string): Promise<Set<string>> {
	const ids = new Set<string>();
	let next: string | undefined = `${url}/t/first/fhir/${type}?_count=1000&_elements=identifier`;
	while (next !== undefined) {
		const reply: Response = await fetch(next, { headers: { authorization: `Bearer ${token}` } });
		const bundle = (await reply.json()) as {
			entry?: { resource: { id: string; identifier?: { value: string }[] } }[];
			link: { relation: string; url: string }[];
		};
		for (const { resource } of bundle.entry ?? []) {
			ids.add(resource.id);
			for (const { value } of resource.identifier ?? []) ids.add(value);
		}
		next = bundle.link.find(({ relation }) => relation === "next")?.url;
	}
	return ids;
}

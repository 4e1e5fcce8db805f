import { hash } from "node:crypto";
import t from "tap";
import { type JsonObject, parseJson, type Resource } from "../../src/kernel/index.ts";
import { testClinic } from "../support/clinic.ts";
import { INVALID, r4Examples } from "../support/r4-examples.ts";

/** Some 5,300 resources are stored and read back: half a minute where the machine is busy. */
const TIMEOUT_MS = 240_000;
t.setTimeout(TIMEOUT_MS);

const ask = await testClinic(t);
const TOGETHER = 500;

/** A fingerprint of the resource as text, without what a server may change: the place of id and meta, and its own two elements of meta. */
function own({ resourceType, id, meta, ...rest }: Resource): string {
	const { versionId: _versionId, lastUpdated: _lastUpdated, ...kept } = meta ?? {};
	return hash("sha1", JSON.stringify([resourceType, id, kept, rest]));
}

/** A transaction would follow these links; a batch keeps them. */
const LINKED = /\/_history\/|"urn:(uuid|oid):/;

t.test("every example of the specification is stored and read back equal", { timeout: TIMEOUT_MS }, async (t) => {
	const sent = new Map<string, string>();
	const fingerprints = new Map<string, string>();
	for (const { name, text } of r4Examples()) {
		if (name in INVALID) continue;
		const resource = parseJson(text) as Resource;
		if (resource.id === undefined) continue;
		const url = `${resource.resourceType}/${resource.id}`;
		sent.set(url, text);
		fingerprints.set(url, own(resource));
	}
	t.ok(sent.size > 5200, `${sent.size} examples`);
	const refused: string[] = [];
	for (const type of ["transaction", "batch"]) {
		const urls = [...sent].flatMap(([url, text]) => (LINKED.test(text) === (type === "batch") ? [url] : []));
		for (let i = 0; i < urls.length; i += TOGETHER) {
			const part = urls.slice(i, i + TOGETHER);
			const entry = part.map((url) => `{"resource":${sent.get(url)},"request":{"method":"PUT","url":"${url}"}}`);
			const { body } = await ask("POST", "", `{"resourceType":"Bundle","type":"${type}","entry":[${entry.join(",")}]}`);
			for (const [n, { response }] of (JSON.parse(body as string).entry as { response: JsonObject }[]).entries()) {
				if (response.status !== "201 Created") refused.push(`${part[n]}: ${JSON.stringify(response)}`);
			}
		}
	}
	t.strictSame(refused, []);
	const changed: string[] = [];
	const queue = fingerprints.entries();
	const compare = async (): Promise<void> => {
		for (const [url, fingerprint] of queue) {
			const { body } = await ask("GET", url);
			if (own(parseJson(body as string) as Resource) !== fingerprint) changed.push(url);
		}
	};
	await Promise.all(Array.from({ length: 8 }, compare));
	t.strictSame(changed, []);
});

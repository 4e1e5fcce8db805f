import { hash } from "node:crypto";
import type { Test } from "tap";
import { type JsonObject, parseJson, type Resource } from "../../src/kernel/index.ts";
import type { Ask } from "./clinic.ts";
import { INVALID, r4Examples } from "./r4-examples.ts";

/** Storing and reading back thousands of resources takes half a minute where the machine is busy. */
export const EXAMPLES_TIMEOUT_MS = 240_000;

const DEFINITION = /^(CodeSystem|ConceptMap|StructureDefinition|ValueSet)\//;

/** The texts of the valid examples by their place, `Type/id`: those that define something for a clinic, or all others. */
export function examplesBy(kind: "definitions" | "others"): Map<string, string> {
	const texts = new Map<string, string>();
	for (const { name, text } of r4Examples()) {
		if (name in INVALID) continue;
		const { resourceType, id } = JSON.parse(text);
		const url = `${resourceType}/${id}`;
		if (id !== undefined && DEFINITION.test(url) === (kind === "definitions")) texts.set(url, text);
	}
	return texts;
}

const TOGETHER = 500;

/** A transaction would follow these links; a batch keeps them. */
const LINKED = /\/_history\/|"urn:(uuid|oid):/;

/** Stores the examples under their own ids and holds what is read back against what was sent. */
export async function storesEqual(t: Test, ask: Ask, texts: ReadonlyMap<string, string>): Promise<void> {
	const refused: string[] = [];
	for (const type of ["transaction", "batch"]) {
		const some = [...texts].filter(([, text]) => LINKED.test(text) === (type === "batch"));
		for (let i = 0; i < some.length; i += TOGETHER) {
			const part = some.slice(i, i + TOGETHER);
			const entry = part.map(([url, text]) => `{"resource":${text},"request":{"method":"PUT","url":"${url}"}}`);
			const { body } = await ask("POST", "", `{"resourceType":"Bundle","type":"${type}","entry":[${entry.join(",")}]}`);
			for (const [n, { response }] of (JSON.parse(body as string).entry as { response: JsonObject }[]).entries()) {
				if (response.status !== "201 Created") refused.push(`${part[n]?.[0]}: ${JSON.stringify(response)}`);
			}
		}
	}
	t.strictSame(refused, []);
	const changed: string[] = [];
	const queue = texts.entries();
	const compare = async (): Promise<void> => {
		for (const [url, text] of queue) {
			const { body } = await ask("GET", url);
			if (fingerprint(body as string) !== fingerprint(text)) changed.push(url);
		}
	};
	await Promise.all(Array.from({ length: 8 }, compare));
	t.strictSame(changed, []);
}

/** Of the resource without what a server may change: the place of id and meta, and its own two elements of meta. */
function fingerprint(text: string): string {
	const { resourceType, id, meta, ...rest } = parseJson(text) as Resource;
	const { versionId: _versionId, lastUpdated: _lastUpdated, ...kept } = meta ?? {};
	return hash("sha1", JSON.stringify([resourceType, id, kept, rest]));
}

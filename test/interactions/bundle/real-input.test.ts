import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { isObject, type JsonObject, parseJson, type Resource } from "../../../src/kernel/index.ts";
import { jsonOf, testClinic } from "../../support/clinic.ts";
import { contentsOf } from "../../support/contents.ts";

const data = join(import.meta.dirname, "../../../../shared/data");
const synthea = join(data, "synthea");
const nrces = join(data, "nrces/samples");
const filesOf = (folder: string): string[] =>
	existsSync(folder)
		? readdirSync(folder)
				.filter((file) => file.endsWith(".json"))
				.sort()
		: [];
const without = (folder: string): false | string => (filesOf(folder).length > 0 ? false : `${folder} is not there`);

const ask = await testClinic(t);
const LINK = "urn:uuid:";

/** A resource without what a transaction changes in it: id, meta's own elements and links to other entries. */
function unlinked(resource: Resource): string {
	const { id: _id, meta, ...rest } = resource;
	const { versionId: _versionId, lastUpdated: _lastUpdated, ...kept } = meta ?? {};
	return JSON.stringify({ kept, rest }, (name, value) =>
		name === "reference" && typeof value === "string" ? "" : value,
	);
}

t.test("the 20 Synthea bundles are stored, each as one transaction", { skip: without(synthea) }, async (t) => {
	const times: [entries: number, milliseconds: number][] = [];
	for (const file of filesOf(synthea)) {
		const bundle = parseJson(readFileSync(join(synthea, file), "utf8")) as Resource & { entry: JsonObject[] };
		const begun = performance.now();
		const response = await ask("POST", "", JSON.stringify(bundle), { conditions: { prefer: "return=representation" } });
		times.push([bundle.entry.length, performance.now() - begun]);
		const answers = (parseJson(response.body as string) as { entry: { resource: Resource; response: JsonObject }[] })
			.entry;
		const changed = answers.filter(
			({ resource }, i) => unlinked(resource) !== unlinked(bundle.entry[i]?.resource as Resource),
		);
		t.strictSame(changed.length, 0, file);
		t.ok(
			answers.every((answer) => answer.response.status === "201 Created"),
			file,
		);
		t.notMatch(response.body, LINK, "every link is resolved");
	}
	const total = times.reduce((sum, [entries]) => sum + entries, 0);
	const stored = Object.values(await contentsOf(ask)).reduce((sum, n) => sum + n, 0);
	t.equal(stored, total, `${total} entries, no history`);
	const [entries, milliseconds] = times.toSorted(([a], [b]) => b - a)[0] ?? [0, 0];
	t.comment(
		`${entries} entries in ${Math.round(milliseconds)} ms; all ${total} in ${Math.round(times.reduce((sum, [, ms]) => sum + ms, 0))} ms`,
	);
	t.ok(milliseconds < 5000, "the largest in bearable time, also on a busy machine");
});

t.test("a Synthea bundle with one bad entry leaves nothing", { skip: without(synthea) }, async (t) => {
	const [file = ""] = filesOf(synthea);
	const bundle = parseJson(readFileSync(join(synthea, file), "utf8")) as Resource & { entry: JsonObject[] };
	const last = bundle.entry.at(-1);
	if (isObject(last?.resource)) last.resource.nonsense = true;
	const before = await contentsOf(ask);
	await t.rejects(ask("POST", "", JSON.stringify(bundle)), { message: /^Bundle\.entry\[\d+\]: .*nonsense/ });
	t.strictSame(await contentsOf(ask), before);
});

t.test("the NRCES samples are stored and read back equal", { skip: without(nrces) }, async (t) => {
	for (const file of filesOf(nrces)) {
		const sent = parseJson(readFileSync(join(nrces, file), "utf8")) as Resource;
		const { body } = await ask("PUT", `${sent.resourceType}/${sent.id}`, JSON.stringify(sent));
		const { meta } = jsonOf({ status: 200, body: body as string });
		t.equal(meta.versionId, "1", file);
		const read = parseJson((await ask("GET", `${sent.resourceType}/${sent.id}`)).body as string) as Resource;
		t.equal(unlinked(read), unlinked(sent), file);
		if (sent.type !== "document") continue;
		const entry = (sent.entry as JsonObject[]).map(({ resource, fullUrl }) => {
			const { resourceType, id } = resource as Resource;
			return { fullUrl, resource, request: { method: "PUT", url: `${resourceType}/${id}` } };
		});
		const response = await ask("POST", "", JSON.stringify({ resourceType: "Bundle", type: "transaction", entry }));
		t.equal(jsonOf(response).entry.length, entry.length, `${file} as a transaction`);
	}
});

import t from "tap";
import { CLINICS, markOf, patient, toldBy, twoClinics } from "./two-clinics.ts";

const { call, tokenOf } = await twoClinics(t, { poolSize: 2 });

t.test("requests of two clinics that share two connections never mix", async (t) => {
	const tokens = new Map<string, string>();
	for (const slug of CLINICS) tokens.set(slug, await tokenOf(slug, "DOCTOR"));
	const entry = (slug: string, n: number) => ({
		fullUrl: "urn:uuid:00000000-0000-4000-8000-000000000001",
		resource: patient(slug, `t${n}`),
		request: { method: "PUT", url: `Patient/t${n}` },
	});
	const requests = (slug: string, n: number): [string, string, object?][] => [
		["GET", "/Patient/1"],
		["PUT", `/Patient/n${n}`, { body: patient(slug, `n${n}`) }],
		["POST", "", { body: { resourceType: "Bundle", type: "transaction", entry: [entry(slug, n)] } }],
		["GET", "/Patient?_count=5"],
		["GET", "/Patient/1/_history"],
		["PUT", `/Patient?_id=c${n}`, { body: patient(slug, `c${n}`) }],
		["GET", "/_history?_count=5"],
	];
	const failing = {
		body: {
			resourceType: "Bundle",
			type: "transaction",
			entry: [{ request: { method: "GET", url: "Patient/none" } }, entry("x", 1)],
		},
	};
	const ask = async (slug: string, method: string, path: string, sent?: object) => {
		const at = method === "GET" && path.length % 2 === 0 ? "/fhir" : `/t/${slug}/fhir`;
		return { slug, reply: await call(method, `${at}${path}`, tokens.get(slug), sent) };
	};
	const work = Array.from({ length: 12 }, (_, n) =>
		CLINICS.flatMap((slug) => [
			...requests(slug, n).map((request) => ask(slug, ...request)),
			call("POST", `/t/${slug}/fhir`, tokens.get(slug), failing).then((reply) => {
				t.equal(reply.statusCode, 404, "a transaction that fails gives its connection back clean");
			}),
		]),
	).flat();
	for (const done of await Promise.all(work)) {
		if (!done) continue;
		const { slug, reply } = done;
		const other = slug === "first" ? "second" : "first";
		t.ok(reply.statusCode < 300, reply.body);
		t.notMatch(toldBy(reply), markOf(other));
		t.notMatch(toldBy(reply), `/t/${other}/`);
	}
	for (const slug of CLINICS) {
		const { total } = (await call("GET", `/t/${slug}/fhir/Patient?_summary=count`, tokens.get(slug))).json();
		t.equal(total, 36 + (slug === "first" ? 1 : 4), "each clinic has what it was sent");
		t.equal((await call("GET", `/t/${slug}/fhir/Patient/t1`, tokens.get(slug))).json().name[0].text, markOf(slug));
	}
});

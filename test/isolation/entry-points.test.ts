import t from "tap";
import { interactions } from "../../src/interactions/index.ts";
import type { Sent } from "../support/server-app.ts";
import { base, dumpOf, markOf, patient, SYSTEM, toldBy, twoClinics } from "./two-clinics.ts";

const server = await twoClinics(t);
const { call, tokenOf } = server;
const FIRST = await tokenOf("first", "ADMIN");
const SECOND = await tokenOf("second", "DOCTOR");
const OF_SECOND = `identifier=${encodeURIComponent(`${SYSTEM}|second-only`)}`;

type Request = readonly [path: string, sent?: Sent];
const form = { "content-type": "application/x-www-form-urlencoded" };
const text = { "content-type": "text/plain" };
const jsonPatch = { "content-type": "application/json-patch+json" };
const RENAME = [{ op: "replace", path: "/name/0/text", value: "Renamed" }];
const bundle = (type: string, ...entry: object[]) => ({ resourceType: "Bundle", type, entry });
const entry = (method: string, url: string, more: object = {}) => ({ request: { method, url, ...more } });

/** For each interaction, the requests by which one might reach for what only the second clinic has. */
const REACHING: Record<string, readonly Request[]> = {
	"GET :type/:id": [
		["Patient/only"],
		["Patient/gone"],
		["Binary/only"],
		["Patient/1"],
		["Binary/1"],
		["Observation/1"],
	],
	"GET :type/:id/_history/:vid": [["Patient/1/_history/3"], ["Patient/only/_history/1"], ["Patient/gone/_history/1"]],
	"GET :type": [["Patient"], [`Patient?${OF_SECOND}`], ["Patient?_id=only"], ["Observation?subject=Patient/1"]],
	"POST :type/_search": [["Patient/_search", { body: OF_SECOND, headers: form }]],
	"POST :type": [
		["Patient", { body: patient("first", "x"), headers: { "if-none-exist": OF_SECOND } }],
		["Binary", { body: "bytes", headers: text }],
	],
	"PUT :type/:id": [
		["Patient/only", { body: patient("first", "only"), headers: { "if-match": 'W/"1"' } }],
		["Binary/only", { body: "bytes", headers: { ...text, "if-match": 'W/"1"' } }],
	],
	"PATCH :type/:id": [["Patient/only", { body: RENAME, headers: jsonPatch }]],
	"DELETE :type/:id": [["Patient/only"], ["Patient/gone", { headers: { prefer: "return=OperationOutcome" } }]],
	"GET :type/:id/_history": [["Patient/1/_history"], ["Patient/only/_history"], ["Patient/gone/_history"]],
	"GET :type/_history": [["Patient/_history"], ["Patient/_history?_count=1"]],
	"PUT :type": [[`Patient?${OF_SECOND}`, { body: { ...patient("first", ""), id: undefined } }]],
	"PATCH :type": [[`Patient?${OF_SECOND}`, { body: RENAME, headers: jsonPatch }]],
	"DELETE :type": [["Patient?_id=only,gone,p1"]],
	"POST ": [
		["", { body: bundle("transaction", entry("GET", "Patient/only")) }],
		["", { body: bundle("batch", entry("GET", "Patient/only"), entry("GET", `${base("second")}/Patient/1`)) }],
		["", { body: bundle("batch", entry("DELETE", `${base("second")}/Patient/1`)) }],
		["", { body: bundle("transaction", entry("DELETE", `${base("second")}/Patient/1`)) }],
		["", { body: bundle("transaction", entry("DELETE", "//second/fhir/Patient/1")) }],
		["", { body: bundle("transaction", entry("GET", "../../second/fhir/Patient/1")) }],
		["", { body: bundle("batch", entry("GET", "/t/second/fhir/Patient/1"), entry("GET", "%2e%2e/Patient/1")) }],
		["", { body: bundle("history", { ...entry("PUT", "Patient/x"), resource: patient("first", "x") }) }],
	],
	"GET :type/:id/:inner": [["Patient/1/Observation"], ["Patient/only/Observation"], ["Patient/1/*"]],
	"GET ": [["?_type=Patient,Observation"], [`?_type=Patient&${OF_SECOND}`], ["?_type=Patient&_id=only"]],
	"POST _search": [["_search", { body: `_type=Patient&${OF_SECOND}`, headers: form }]],
	"GET _history": [["_history"], ["_history?_count=1"]],
	"GET metadata": [["metadata"]],
};
const requests = Object.entries(REACHING).flatMap(([line, list]) =>
	list.map(([path, sent]) => ({ method: line.split(" ")[0] as string, path, sent })),
);

t.test("every interaction of the server is tried", async (t) => {
	const known = interactions.map(({ method, path }) => `${method} ${path}`);
	t.strictSame(known.toSorted(), Object.keys(REACHING).toSorted());
});

t.test("another clinic's base is refused alike, whatever is there, and nothing is written", async (t) => {
	const before = await dumpOf(server, "second");
	for (const { method, path, sent } of requests) {
		if (path === "metadata") continue;
		const told = new Set<string>();
		for (const slug of ["second", "nowhere"]) {
			const reply = await call(method, `/t/${slug}/fhir/${path}`, FIRST, sent);
			t.match(reply, { statusCode: 403, headers: { "content-type": /^application\/fhir\+json/ } }, `${method} ${path}`);
			t.equal(reply.json().resourceType, "OperationOutcome");
			told.add(toldBy(reply));
		}
		t.equal(told.size, 1, `${method} ${path}: a clinic that is there is not told from one that is not`);
	}
	t.strictSame(await dumpOf(server, "second"), before);
});

t.test("without a token a clinic is not told from none", async (t) => {
	const [there, nowhere] = [
		await call("GET", "/t/second/fhir/Patient/1"),
		await call("GET", "/t/nowhere/fhir/Patient/1"),
	];
	t.equal(there.statusCode, 401);
	t.equal(toldBy(there), toldBy(nowhere));
});

t.test("the header x-tenant-slug must agree with the token, and never widens it", async (t) => {
	for (const at of ["/fhir", "/t/first/fhir"]) {
		for (const slug of ["second", "nowhere", "first,second", "SECOND", ""]) {
			const reply = await call("GET", `${at}/Patient/1`, FIRST, { headers: { "x-tenant-slug": slug } });
			t.equal(reply.statusCode, 403, `${at} with "${slug}"`);
			t.notMatch(reply.body, markOf("second"));
		}
		const own = await call("GET", `${at}/Patient/1`, FIRST, { headers: { "x-tenant-slug": "first" } });
		t.match(own.body, markOf("first"));
	}
});

for (const at of ["/t/first/fhir", "/fhir"]) {
	t.test(`at ${at} nothing tells of the other clinic`, async (t) => {
		const before = await dumpOf(server, "second");
		for (const { method, path, sent } of requests) {
			const reply = await call(method, `${at}/${path}`, FIRST, sent);
			t.ok(reply.statusCode < 500, `${method} ${path}: ${reply.statusCode} ${reply.body}`);
			t.notMatch(toldBy(reply), markOf("second"), `${method} ${path}`);
			if (path !== "" || method !== "POST") t.notMatch(toldBy(reply), "/t/second/", `${method} ${path}`);
		}
		t.strictSame(await dumpOf(server, "second"), before);
	});
}

t.test("what only the other clinic has is answered as what nobody has", async (t) => {
	const at = "/t/first/fhir";
	for (const path of ["Patient/p2", "Patient/gone/_history/1", "Patient/p1/_history/1", "Patient/p1/_history"]) {
		const reply = await call("GET", `${at}/${path}`, FIRST);
		const nobody = await call("GET", `${at}/${path.replace(/p\d|gone/, "none")}`, FIRST);
		t.equal(reply.statusCode, 404, path);
		t.equal(reply.body.replace(/p\d|gone/g, "none"), nobody.body);
	}
	for (const ifMatch of ['W/"1"', 'W/"3"']) {
		const reply = await call("DELETE", "/t/first/fhir/Patient/p1", FIRST, { headers: { "if-match": ifMatch } });
		t.equal(reply.statusCode, 412, "a version that only the other clinic has matches nothing");
	}
	const { total } = (await call("GET", "/t/first/fhir/Patient?_id=p1,p2&_total=accurate", FIRST)).json();
	t.equal(total, 0, "nor is it counted");
});

t.test("a condition sees its own clinic only", async (t) => {
	const condition = `identifier=${encodeURIComponent(`${SYSTEM}|second-p1`)}`;
	const made = await call("POST", "/t/first/fhir/Patient", FIRST, {
		body: patient("first", "mine"),
		headers: { "if-none-exist": condition },
	});
	t.equal(made.statusCode, 201, "If-None-Exist is not met by the other clinic's patient");
	const reference = { reference: `Patient?${condition}` };
	const linked = { resourceType: "Observation", status: "final", code: { text: "x" }, subject: reference };
	const answer = await call("POST", "/t/first/fhir", FIRST, {
		body: bundle("transaction", { ...entry("POST", "Observation"), resource: linked }),
	});
	t.equal(answer.statusCode, 422, "a conditional reference does not find it");
	t.notMatch(answer.body, "second");
	const deleted = await call("DELETE", `/t/first/fhir/Patient?${condition}`, FIRST);
	t.equal(deleted.statusCode, 204);
	t.equal((await call("GET", "/t/second/fhir/Patient/p1", SECOND)).statusCode, 200);
});

t.test("a next link is of no use in another clinic", async (t) => {
	for (const path of ["Patient?_count=1", "Patient/_history?_count=1", "_history?_count=1"]) {
		const { link } = (await call("GET", `/t/second/fhir/${path}`, SECOND)).json();
		const next = link.find(({ relation }: { relation: string }) => relation === "next").url as string;
		const followed = await call("GET", next.slice(next.indexOf("/t/")), FIRST);
		t.equal(followed.statusCode, 403);
		for (const at of ["/t/first/fhir", "/fhir"]) {
			const reply = await call("GET", next.slice(next.indexOf("/t/")).replace("/t/second/fhir", at), FIRST);
			t.ok([200, 410].includes(reply.statusCode));
			t.notMatch(reply.body, markOf("second"));
		}
	}
});

t.test("the open pages tell of no clinic", async (t) => {
	for (const path of ["/", "/metrics", "/openapi.json", "/healthz", "/readyz", "/auth/jwks", "/fhir/metadata"]) {
		const reply = await call("GET", path);
		t.equal(reply.statusCode, 200, path);
		t.notMatch(toldBy(reply), /Belongs-To|\/t\/(first|second)\b|@second/, path);
	}
	const [own, other] = [await call("GET", "/t/first/fhir/metadata"), await call("GET", "/t/second/fhir/metadata")];
	t.equal(own.body.replaceAll("/t/first/", "/t/second/"), other.body);
});

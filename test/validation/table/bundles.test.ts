import t from "tap";
import { findings, playTable, profileOf, type Sample, TEST, withDefinitions } from "../../support/validation.ts";

const URN = "urn:uuid:c757873d-ec9a-4326-a141-55600000000";
const BASE = "https://x.example/fhir";
const bundle = (type: string, ...entry: object[]): Sample => ({ resourceType: "Bundle", type, entry });
const patient = (members: object = {}): object => ({ resourceType: "Patient", ...members });
const about = (reference: string, members: object = {}): object => ({
	resourceType: "Observation",
	status: "final",
	code: { text: "x" },
	subject: { reference },
	...members,
});
const composition = (subject: string, section: object[] = []): object => ({
	resourceType: "Composition",
	status: "final",
	type: { text: "x" },
	subject: { reference: subject },
	date: "2024",
	author: [{ display: "x" }],
	title: "x",
	...(section.length > 0 && { section }),
});
const document = (...entry: object[]): Sample => ({
	...(bundle("document", ...entry) as object),
	identifier: { system: "urn:ietf:rfc:3986", value: `${URN}0` },
	timestamp: "2024-01-01T00:00:00Z",
});

t.test("fullUrl and id", async (t) => {
	playTable(t, {
		"a URL that ends in type and id": [
			bundle("collection", { fullUrl: `${BASE}/Patient/p`, resource: patient({ id: "p" }) }),
		],
		"a urn": [bundle("collection", { fullUrl: `${URN}1`, resource: patient({ id: "p" }) })],
		"a URL of another scheme than REST": [
			bundle("collection", { fullUrl: "https://x.example/p", resource: patient({ id: "p" }) }),
		],
		"a URL with a resource without id": [bundle("collection", { fullUrl: `${BASE}/Patient/p`, resource: patient() })],
		"another id": [
			bundle("collection", { fullUrl: `${BASE}/Patient/p`, resource: patient({ id: "q" }) }),
			["full-url", "Bundle.entry[0].fullUrl", /must end in the type and id of its resource, Patient\/q/],
		],
		"another type": [
			bundle("collection", { fullUrl: `${BASE}/Group/p`, resource: patient({ id: "p" }) }),
			["full-url", "Bundle.entry[0].fullUrl", /Patient\/p/],
		],
	});
});

t.test("references in a document", async (t) => {
	playTable(t, {
		"what they lead to in it": [
			document(
				{ fullUrl: `${URN}1`, resource: composition(`${URN}2`, [{ entry: [{ reference: `${URN}3` }] }]) },
				{ fullUrl: `${URN}2`, resource: patient() },
				{ fullUrl: `${URN}3`, resource: about(`${URN}2`) },
			),
		],
		"relative ones, beside the URL of what refers": [
			document(
				{ fullUrl: `${BASE}/Composition/c`, resource: composition("Patient/p") },
				{ fullUrl: `${BASE}/Patient/p`, resource: patient({ id: "p" }) },
			),
		],
		"whole URLs of other places, and contained resources": [
			document({
				fullUrl: `${URN}1`,
				resource: {
					...composition("#p", [{ entry: [{ reference: `${BASE}/Observation/o` }] }]),
					contained: [patient({ id: "p" })],
				},
			}),
		],
		"one that leads nowhere": [
			document(
				{ fullUrl: `${URN}1`, resource: composition(`${URN}2`, [{ entry: [{ reference: `${URN}3` }] }]) },
				{ fullUrl: `${URN}3`, resource: about("Patient/p") },
			),
			["unresolved-entry", "Bundle.entry[0].resource.subject", /should refer to an entry of this document/],
			["unresolved-entry", "Bundle.entry[1].resource.subject", /add the resource/],
		],
		"nothing where the Bundle is no document": [
			bundle("collection", { fullUrl: `${URN}1`, resource: about("Patient/p") }),
		],
	});
});

t.test("resources inside are looked at in every kind of Bundle, each at its place", async (t) => {
	const wrong = patient({ gender: "F", name: [{ family: 1 }] });
	const request = { method: "POST", url: "Patient" };
	const response = { status: "200" };
	for (const [type, more] of Object.entries({
		collection: {},
		searchset: {},
		batch: { request },
		transaction: { request },
		"batch-response": { response },
		history: { request, response },
	})) {
		const found = await findings(bundle(type, { fullUrl: `${URN}1`, resource: wrong, ...more }), { advice: false });
		t.strictSame(
			found.map(({ expression }) => expression),
			["Bundle.entry[0].resource.gender", "Bundle.entry[0].resource.name[0].family"],
			type,
		);
	}
});

t.test("a Bundle in a Bundle keeps its references to itself", async (t) => {
	const inner = bundle("collection", { fullUrl: `${URN}2`, resource: about(`${URN}1`) });
	const outer = bundle(
		"collection",
		{ fullUrl: `${URN}1`, resource: { resourceType: "Organization", name: "x" } },
		{ fullUrl: `${URN}3`, resource: inner },
	);
	t.strictSame(await findings(outer, { advice: false }), [], "of the target in the outer one nothing is known");
	const refers = bundle(
		"collection",
		{ fullUrl: `${URN}1`, resource: { resourceType: "Organization", name: "x" } },
		{ fullUrl: `${URN}2`, resource: about(`${URN}1`) },
	);
	const [found] = await findings(bundle("collection", { fullUrl: `${URN}3`, resource: refers }), { advice: false });
	t.match(found, { expression: "Bundle.entry[0].resource.entry[1].resource.subject", text: /not to Organization/ });
});

t.test("references in a circle are followed once", async (t) => {
	const target = (name: string) => ({ type: [{ code: "Reference", targetProfile: [TEST + name] }] });
	const definitions = withDefinitions([
		profileOf("Patient", "Linked", { "Patient.link": { min: 1 }, "Patient.link.other": target("Linked") }),
	]);
	const linked = (to: string) =>
		patient({ meta: { profile: [`${TEST}Linked`] }, link: [{ other: { reference: to }, type: "seealso" }] });
	const circle = bundle(
		"collection",
		{ fullUrl: `${URN}1`, resource: linked(`${URN}2`) },
		{ fullUrl: `${URN}2`, resource: linked(`${URN}1`) },
	);
	t.strictSame(await findings(circle, { definitions, advice: false }), []);
});

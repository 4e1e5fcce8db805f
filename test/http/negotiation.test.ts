import t from "tap";
import { bodyType, FHIR_JSON, GENERIC_JSON, negotiate, rawAccept } from "../../src/http/negotiation.ts";
import { Problem } from "../../src/kernel/index.ts";

const refusal = (run: () => unknown): Problem => {
	try {
		run();
	} catch (error) {
		if (error instanceof Problem) return error;
		throw error;
	}
	throw new Error("nothing was refused");
};

const answered: readonly [accept: string | undefined, format: string | undefined, type: string][] = [
	[undefined, undefined, FHIR_JSON],
	["", undefined, FHIR_JSON],
	["*/*", undefined, FHIR_JSON],
	["application/*", undefined, FHIR_JSON],
	["application/fhir+json", undefined, FHIR_JSON],
	["Application/FHIR+JSON", undefined, FHIR_JSON],
	["application/json", undefined, GENERIC_JSON],
	["text/json", undefined, GENERIC_JSON],
	["application/json, application/fhir+json", undefined, FHIR_JSON],
	["application/json, */*", undefined, GENERIC_JSON],
	["application/fhir+json;q=0.5, application/json", undefined, GENERIC_JSON],
	["application/fhir+json;q=0, */*", undefined, GENERIC_JSON],
	["application/fhir+xml, application/fhir+json;q=0.1", undefined, FHIR_JSON],
	["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", undefined, FHIR_JSON],
	["application/fhir+json; fhirVersion=4.0", undefined, FHIR_JSON],
	['application/fhir+json; fhirVersion="4.0"; charset=UTF-8', undefined, FHIR_JSON],
	["application/fhir+json; fhirVersion=3.0, application/json", undefined, GENERIC_JSON],
	["application/fhir+xml", "json", FHIR_JSON],
	["text/plain", "application/fhir+json", FHIR_JSON],
	["text/plain", "application/fhir json", FHIR_JSON],
	[undefined, "application/json", GENERIC_JSON],
	[undefined, "", FHIR_JSON],
];

for (const [accept, format, type] of answered) {
	t.test(`Accept ${accept ?? "absent"}, _format ${format ?? "absent"} gives ${type}`, async (t) => {
		t.equal(negotiate(accept, format), type);
	});
}

const refused: readonly [accept: string | undefined, format: string | undefined, text: RegExp][] = [
	["application/fhir+xml", undefined, /JSON only/],
	["text/html", undefined, /JSON only/],
	["nonsense", undefined, /JSON only/],
	["application/fhir+json;q=0", undefined, /JSON only/],
	["application/fhir+json", "xml", /JSON only/],
	["*/*", "text/turtle", /JSON only/],
	["constructor", undefined, /JSON only/],
	[undefined, "constructor", /JSON only/],
	["application/fhir+json; fhirVersion=3.0", undefined, /FHIR R4: fhirVersion=4\.0/],
	["application/fhir+json; charset=utf-16", undefined, /charset=utf-8/],
	[undefined, "application/fhir+json; fhirVersion=5.0", /FHIR R4/],
];

for (const [accept, format, text] of refused) {
	t.test(`Accept ${accept ?? "absent"}, _format ${format ?? "absent"} is not acceptable`, async (t) => {
		const problem = refusal(() => negotiate(accept, format));
		t.equal(problem.status, 406);
		t.match(problem.message, text);
	});
}

t.test("a read of Binary gives bytes unless FHIR JSON is named", async (t) => {
	t.equal(rawAccept(undefined), "*/*");
	t.equal(rawAccept("image/png"), "image/png");
	t.equal(rawAccept("text/html,*/*;q=0.8"), "text/html,*/*;q=0.8");
	t.equal(rawAccept("application/fhir+json"), undefined);
	t.equal(rawAccept("image/png", "json"), undefined);
	t.equal(rawAccept(undefined, "image/png"), "image/png");
	t.equal(refusal(() => rawAccept(undefined, "xml")).status, 406);
});

t.test("a body comes as one of the types its use allows", async (t) => {
	t.equal(bodyType("application/fhir+json", "resource"), "application/fhir+json");
	t.equal(bodyType("Application/JSON; charset=utf-8", "resource"), "application/json");
	t.equal(bodyType("application/fhir+json; fhirVersion=4.0", "resource"), "application/fhir+json");
	t.equal(bodyType("application/json-patch+json", "patch"), "application/json-patch+json");
	t.equal(bodyType("application/x-www-form-urlencoded", "form"), "application/x-www-form-urlencoded");
});

const unread: readonly [contentType: string | undefined, use: "resource" | "patch" | "form", text: RegExp][] = [
	[undefined, "resource", /no Content-Type\. Send application\/fhir\+json/],
	["application/fhir+xml", "resource", /application\/fhir\+xml cannot be read here/],
	["application/json-patch+json", "resource", /cannot be read here/],
	["<script>", "resource", /Content-Type this cannot be read here/],
	["application/fhir+json; fhirVersion=3.0", "resource", /FHIR R4/],
	["application/json; charset=latin1", "resource", /charset=utf-8/],
	["text/plain", "patch", /application\/merge-patch\+json/],
	["application/fhir+json", "form", /Send application\/x-www-form-urlencoded\./],
];

for (const [contentType, use, text] of unread) {
	t.test(`Content-Type ${contentType ?? "absent"} is refused for a ${use}`, async (t) => {
		const problem = refusal(() => bodyType(contentType, use));
		t.equal(problem.status, 415);
		t.match(problem.message, text);
	});
}

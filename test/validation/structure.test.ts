import t from "tap";
import { loadRegistry } from "../../src/definitions/index.ts";
import { parseJson, type Resource } from "../../src/kernel/index.ts";
import { checkStructure } from "../../src/validation/index.ts";

const registry = loadRegistry();
const check = (text: string) => checkStructure(registry, parseJson(text) as Resource);
const patient = (members: string) => `{"resourceType":"Patient",${members}}`;
const observation = (members: string) =>
	`{"resourceType":"Observation","status":"final","code":{"text":"x"}${members && `,${members}`}}`;
const absent = '{"extension":[{"url":"http://x","valueCode":"unknown"}]}';

const GOOD: Record<string, string> = {
	"a resource without any element": '{"resourceType":"Patient"}',
	"a primitive with only an extension": patient(`"_birthDate":${absent}`),
	"a primitive with a value and an id": patient('"birthDate":"2024","_birthDate":{"id":"a"}'),
	"aligned primitive arrays": patient(`"name":[{"given":["A",null],"_given":[null,${absent}]}]`),
	"a primitive array of extensions only": patient(`"name":[{"_given":[${absent}]}]`),
	"a required primitive with only an extension": `{"resourceType":"Observation","_status":${absent},"code":{"text":"x"}}`,
	"one of a choice, with its twin": observation('"valueString":"x","_valueString":{"id":"a"}'),
	"a choice given by its twin alone": observation(`"_valueString":${absent}`),
	"decimals as written": observation('"valueQuantity":{"value":0.010}'),
	"nested extensions": patient('"extension":[{"url":"http://x","extension":[{"url":"y","valueBoolean":true}]}]'),
	"a modifier extension": patient('"modifierExtension":[{"url":"http://x","valueBoolean":true}]'),
	"a contained resource that is referred to": patient(
		'"contained":[{"resourceType":"Organization","id":"o","name":"x"}],"managingOrganization":{"reference":"#o"}',
	),
	"a contained resource that refers to its container": observation(
		'"contained":[{"resourceType":"Provenance","id":"p","target":[{"reference":"#"}],"recorded":"2024-05-01T10:00:00Z","agent":[{"who":{"display":"x"}}]}]',
	),
	"a contained resource named by a canonical":
		'{"resourceType":"QuestionnaireResponse","status":"completed","questionnaire":"#q","contained":[{"resourceType":"Questionnaire","id":"q","status":"draft"}]}',
	"a Bundle whose entries have contained resources of their own": `{"resourceType":"Bundle","type":"collection","entry":[{"resource":${patient(
		'"contained":[{"resourceType":"Organization","id":"o"}],"managingOrganization":{"reference":"#o"}',
	)}}]}`,
	"a media type, whose value set cannot be listed": patient('"photo":[{"contentType":"image/x-new"}]'),
};

for (const [name, text] of Object.entries(GOOD)) {
	t.test(`accepts ${name}`, async (t) => t.strictSame(check(text), []));
}

/** `[resource, place, code, text]` of the one fault each has. */
const BAD: Record<string, [text: string, expression: string, code: string, message: RegExp]> = {
	"an unknown type": ['{"resourceType":"Pateint"}', "Resource", "structure", /did you mean Patient\?/],
	"no type": ['{"id":"a"}', "Resource", "structure", /resourceType/],
	"an abstract type": ['{"resourceType":"DomainResource"}', "Resource", "structure", /resourceType/],
	"an unknown property": [patient('"xyz":1'), "Patient", "structure", /no property "xyz": remove it/],
	"a property in the wrong case": [patient('"birthdate":"2024"'), "Patient", "structure", /did you mean birthDate\?/],
	"a misspelt property": [patient('"name":[{"famly":"X"}]'), "Patient.name[0]", "structure", /did you mean family\?/],
	"a choice without its type": [
		observation('"value":1'),
		"Observation",
		"structure",
		/valueQuantity, valueCodeableConcept/,
	],
	"a choice of a type that is not allowed": [
		observation('"valueMoney":{"value":1}'),
		"Observation",
		"structure",
		/no property/,
	],
	"a twin of a complex element": [patient('"_name":[{"id":"a"}]'), "Patient", "structure", /only primitive elements/],
	"resourceType inside an element": [
		patient('"maritalStatus":{"resourceType":"Patient","text":"x"}'),
		"Patient.maritalStatus",
		"structure",
		/no property "resourceType"/,
	],
	"a single value for an array": [
		patient('"name":{"family":"X"}'),
		"Patient.name",
		"structure",
		/must be an array, not an object/,
	],
	"an array for a single value": [patient('"birthDate":["2024"]'), "Patient.birthDate", "structure", /not an array/],
	"an array in an array": [
		patient('"name":[[{"family":"X"}]]'),
		"Patient.name[0]",
		"structure",
		/array inside an array/,
	],
	"a primitive for an object": [
		patient('"name":["X"]'),
		"Patient.name[0]",
		"structure",
		/an object \(HumanName\), not a string/,
	],
	"a number for an object": [
		patient('"maritalStatus":1.0'),
		"Patient.maritalStatus",
		"structure",
		/an object \(CodeableConcept\), not a number/,
	],
	"an object for a primitive": [
		patient('"birthDate":{"a":1}'),
		"Patient.birthDate",
		"structure",
		/JSON string\), not an object/,
	],
	"a number for a string": [patient('"name":[{"family":1.0}]'), "Patient.name[0].family", "structure", /not a number/],
	"a null": [patient('"birthDate":null'), "Patient.birthDate", "structure", /must not be null: leave it out/],
	"a null for an array": [patient('"name":null'), "Patient.name", "structure", /must be an array, not null/],
	"a null in an array of objects": [patient('"name":[null]'), "Patient.name[0]", "structure", /must not be null/],
	"a null in a primitive array without a twin": [
		patient('"name":[{"given":["A",null]}]'),
		"Patient.name[0].given[1]",
		"structure",
		/unless _given/,
	],
	"an empty array": [patient('"name":[]'), "Patient.name", "structure", /empty array/],
	"an empty object": [patient('"name":[{}]'), "Patient.name[0]", "structure", /must not be empty/],
	"an object with only an id": [patient('"name":[{"id":"a"}]'), "Patient.name[0]", "structure", /must not be empty/],
	"an empty string": [patient('"name":[{"family":""}]'), "Patient.name[0].family", "value", /it is empty/],
	"a blank string": [patient('"name":[{"family":" "}]'), "Patient.name[0].family", "value", /visible character/],
	"a control character": [
		patient('"name":[{"given":["A","\\u0007"]}]'),
		"Patient.name[0].given[1]",
		"value",
		/control characters/,
	],
	"half a surrogate pair": [patient('"name":[{"family":"\\ud83d"}]'), "Patient.name[0].family", "value", /surrogate/],
	"arrays that are not aligned": [
		patient(`"name":[{"given":["A"],"_given":[null,${absent}]}]`),
		"Patient.name[0].given",
		"structure",
		/same length, not 1 and 2/,
	],
	"a twin that says nothing": [
		patient('"_birthDate":{"id":"a"}'),
		"Patient.birthDate",
		"invariant",
		/neither a value nor an extension/,
	],
	"a fault inside a twin": [
		patient('"_birthDate":{"extension":[{"url":"http://x","valueDate":"2024-13"}]}'),
		"Patient.birthDate.extension[0].value.ofType(date)",
		"value",
		/calendar/,
	],
	"an unknown property in a twin": [
		patient('"birthDate":"2024","_birthDate":{"id":"a","value":"x"}'),
		"Patient.birthDate",
		"structure",
		/no property "value"/,
	],
	"a day that is not in the calendar": [
		patient('"birthDate":"2023-02-29"'),
		"Patient.birthDate",
		"value",
		/YYYY-MM-DD/,
	],
	"a time without zone": [
		observation('"effectiveDateTime":"2024-05-01T10:00:00"'),
		"Observation.effective.ofType(dateTime)",
		"value",
		/with zone/,
	],
	"an id with a space": [patient('"id":"a b"'), "Patient.id", "value", /1 to 64/],
	"two of a choice": [
		observation('"valueString":"x","valueBoolean":true'),
		"Observation",
		"structure",
		/only one of valueString, valueBoolean/,
	],
	"two of a choice, one by its twin": [
		observation(`"valueString":"x","_valueBoolean":${absent}`),
		"Observation",
		"structure",
		/only one of/,
	],
	"a missing required element": [
		'{"resourceType":"Observation","status":"final"}',
		"Observation.code",
		"required",
		/Observation requires it/,
	],
	"a missing required choice": [
		'{"resourceType":"MedicationRequest","status":"active","intent":"order","subject":{"reference":"Patient/1"}}',
		"MedicationRequest.medication",
		"required",
		/in one of its types/,
	],
	"a missing element of an element": [
		patient('"link":[{"type":"seealso"}]'),
		"Patient.link[0].other",
		"required",
		/missing/,
	],
	"a code outside its required value set": [
		patient('"gender":"Female"'),
		"Patient.gender",
		"code-invalid",
		/one of .*, not "Female": did you mean female\?/,
	],
	"an extension with neither value nor extension": [
		patient('"extension":[{"url":"http://x"}]'),
		"Patient.extension[0]",
		"invariant",
		/ext-1/,
	],
	"an extension with both": [
		patient('"extension":[{"url":"http://x","valueString":"a","extension":[{"url":"y","valueString":"b"}]}]'),
		"Patient.extension[0]",
		"invariant",
		/not both \(ext-1\)/,
	],
	"an extension without url": [
		patient('"extension":[{"valueString":"a"}]'),
		"Patient.extension[0].url",
		"required",
		/missing/,
	],
	"implicit rules": [patient('"implicitRules":"http://x"'), "Patient.implicitRules", "not-supported", /must be absent/],
	"an unsafe narrative": [
		patient(
			'"text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\"><script>x</script></div>"}',
		),
		"Patient.text.div",
		"invariant",
		/txt-1/,
	],
	"an unknown type in contained": [
		patient(
			'"contained":[{"resourceType":"Nope","id":"a"}],"extension":[{"url":"http://x","valueReference":{"reference":"#a"}}]',
		),
		"Patient.contained[0]",
		"structure",
		/resourceType/,
	],
	"dom-2": [
		observation(
			'"subject":{"reference":"#p"},"contained":[{"resourceType":"Patient","id":"p","contained":[{"resourceType":"Patient","id":"q"}],"link":[{"type":"seealso","other":{"display":"x"}}]}]',
		),
		"Observation.contained[0]",
		"invariant",
		/dom-2/,
	],
	"dom-3": [
		patient('"contained":[{"resourceType":"Organization","id":"o"}]'),
		"Patient.contained[0]",
		"invariant",
		/dom-3/,
	],
	"dom-4": [
		patient(
			'"managingOrganization":{"reference":"#o"},"contained":[{"resourceType":"Organization","id":"o","meta":{"versionId":"1"}}]',
		),
		"Patient.contained[0]",
		"invariant",
		/dom-4/,
	],
	"dom-5": [
		patient(
			'"managingOrganization":{"reference":"#o"},"contained":[{"resourceType":"Organization","id":"o","meta":{"security":[{"code":"R"}]}}]',
		),
		"Patient.contained[0]",
		"invariant",
		/dom-5/,
	],
	"two contained resources of one id": [
		patient(
			'"managingOrganization":{"reference":"#o"},"contained":[{"resourceType":"Organization","id":"o"},{"resourceType":"Organization","id":"o"}]',
		),
		"Patient.contained[1]",
		"invariant",
		/id of its own/,
	],
	"a reference to a contained resource that is not there": [
		patient('"managingOrganization":{"reference":"#o"}'),
		"Patient.managingOrganization.reference",
		"invariant",
		/ref-1/,
	],
	"a fault in a Bundle's resource": [
		`{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient"}},{"resource":${patient('"gender":"x"')}}]}`,
		"Bundle.entry[1].resource.gender",
		"code-invalid",
		/one of/,
	],
	"a fault in a parameter's resource": [
		`{"resourceType":"Parameters","parameter":[{"name":"r","resource":${patient('"active":"true"')}}]}`,
		"Parameters.parameter[0].resource.active",
		"structure",
		/JSON boolean/,
	],
};

for (const [name, [text, expression, code, message]] of Object.entries(BAD)) {
	t.test(`refuses ${name}`, async (t) => {
		const issues = check(text);
		t.equal(issues.length, 1, issues.map((issue) => issue.text).join("\n"));
		t.match(issues[0], { expression, code, text: message });
		t.ok(issues[0]?.text.startsWith(`${expression} `), "the text names the place");
	});
}

t.test("collects every fault in one pass", async (t) => {
	const issues = check(patient('"birthDate":"x","gender":"y","name":[{"family":1},{"given":"A"}]'));
	t.strictSame(
		issues.map((issue) => issue.expression),
		["Patient.birthDate", "Patient.gender", "Patient.name[0].family", "Patient.name[1].given"],
	);
});

t.test("tells of no more faults than one can mend, and how many more there are", async (t) => {
	const issues = check(patient(`"name":[${Array(1000).fill('{"family":1}').join(",")}]`));
	t.equal(issues.length, 201);
	t.match(issues.at(-1)?.text, /^800 more findings/);
});

t.test("never repeats clinical values, and cuts long names", async (t) => {
	const secret = "MEERA-9999";
	const texts = check(
		patient(
			`"birthDate":"${secret}","name":[{"family":"${secret}\\u0000"}],"id":"${secret}_","text":{"status":"generated","div":"${secret}"}`,
		),
	).map((issue) => issue.text);
	t.equal(texts.length, 4);
	t.notMatch(texts.join("\n"), new RegExp(secret));
	t.ok(check(patient(`"${"k".repeat(100_000)}":1`))[0]!.text.length < 200);
});

t.test("refuses what is nested too deep, without running out of stack", async (t) => {
	let resource: Resource = { resourceType: "Patient" };
	let inner: Record<string, unknown> = resource;
	for (let i = 0; i < 100_000; i++) {
		const next = { url: "http://x" };
		inner.extension = [next];
		inner = next;
	}
	const issues = checkStructure(registry, resource);
	t.equal(issues.length, 1);
	t.match(issues[0]?.text, /nested more than 200/);
	resource = { resourceType: "Patient", contained: [resource] } as Resource;
	t.match(
		checkStructure(registry, resource)
			.map((issue) => issue.text)
			.join(),
		/nested more than/,
	);
});

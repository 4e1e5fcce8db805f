import t from "tap";
import { extensionOf, playTable, profileOf, type Sample, TEST, withDefinitions } from "../../support/validation.ts";

const CORE = "http://hl7.org/fhir/StructureDefinition/";
const patient = (members: object): Sample => ({ resourceType: "Patient", ...members });
const extended = (...extension: object[]): Sample => patient({ extension });
const DISABILITY = `${CORE}patient-disability`;
const BIRTH_TIME = `${CORE}patient-birthTime`;
const text = { text: "x" };

t.test("extensions of R4", async (t) => {
	playTable(t, {
		"one where and as it should be": [extended({ url: DISABILITY, valueCodeableConcept: text })],
		"one on a primitive": [
			patient({
				birthDate: "2024-01-01",
				_birthDate: { extension: [{ url: BIRTH_TIME, valueDateTime: "2024-01-01T10:00:00Z" }] },
			}),
		],
		"one of another type of value": [
			extended({ url: DISABILITY, valueString: "x" }),
			["profile-value-type", "Patient.extension[0].value.ofType(string)", /must be CodeableConcept .*, not string/],
		],
		"one with extensions where a value must be": [
			extended({ url: DISABILITY, extension: [{ url: "a", valueCode: "a" }] }),
			["profile-max", "Patient.extension[0].extension", /must be absent/],
			["profile-min", "Patient.extension[0].value", /is missing/],
		],
		"one where it must not stand": [
			extended({ url: BIRTH_TIME, valueDateTime: "2024-01-01T10:00:00Z" }),
			["extension-context", "Patient.extension[0]", /must not stand here: birthTime is for Patient.birthDate/],
		],
		"one of a complex kind": [
			extended({
				url: `${CORE}patient-nationality`,
				extension: [{ url: "code", valueCodeableConcept: text }],
			}),
		],
		"too many of a part": [
			extended({
				url: `${CORE}patient-nationality`,
				extension: [
					{ url: "code", valueCodeableConcept: text },
					{ url: "code", valueCodeableConcept: text },
				],
			}),
			["slice-max", "Patient.extension[0].extension", /at most one value for the slice code/],
		],
		"a value where parts must be": [
			extended({ url: `${CORE}patient-nationality`, valueString: "x" }),
			["profile-max", "Patient.extension[0].value", /must be absent/],
		],
		"one that nothing defines": [
			extended({ url: "http://x.example/a", valueCode: "a" }),
			["extension-unknown", "Patient.extension[0]", /has the url "http:\/\/x.example\/a", which nothing here defines/],
		],
		"a modifier extension that nothing defines": [
			patient({ modifierExtension: [{ url: "http://x.example/a", valueCode: "a" }] }),
			["modifier-unknown", "Patient.modifierExtension[0]", /it is stored, but never acted on/],
		],
		"neither value nor parts": [
			extended({ url: "http://x.example/a" }),
			["extension-content", "Patient.extension[0]", /must have a value or extensions \(ext-1\)/],
			["extension-unknown", "Patient.extension[0]", /x.example/],
		],
		"no url": [extended({ valueCode: "a" }), ["required", "Patient.extension[0].url", /is missing/]],
	});
});

const any = { "Extension.value[x]": { type: [{ code: "string" }] } };
const here = (name: string) => ({ url: TEST + name, valueString: "x" });

t.test("contexts of extensions", async (t) => {
	const definitions = withDefinitions([
		extensionOf("anywhere", any, [["element", "Element"]]),
		extensionOf("on-resource", any, [["element", "Resource"]]),
		extensionOf("on-patient", any, [["element", "Patient"]]),
		extensionOf("on-name", any, [["element", "Patient.name"]]),
		extensionOf("on-type", any, [["element", "HumanName"]]),
		extensionOf("on-part", any, [["element", "HumanName.family"]]),
		extensionOf("on-choice", any, [["element", "Patient.deceased[x]"]]),
		extensionOf("on-either", any, [
			["element", "Patient.contact"],
			["element", "Patient.link"],
		]),
		extensionOf("within", any, [["extension", `${TEST}outer`]]),
		extensionOf("outer", { "Extension.value[x]": { max: "0" } }),
		extensionOf("by-path", any, [["fhirpath", "Patient.contact.name"]]),
		extensionOf("for-women", any, [["element", "Patient"]], { contextInvariant: ["gender = 'female'"] }),
	]);
	const wrong = (place: string, words: RegExp) => ["extension-context", place, words] as const;
	playTable(
		t,
		{
			"any element where it says Element": [
				patient({ extension: [here("anywhere")], name: [{ family: "x", extension: [here("anywhere")] }] }),
			],
			"a resource where it says so": [extended(here("on-resource"))],
			"an element where it says a resource": [
				patient({ name: [{ text: "x", extension: [here("on-resource")] }] }),
				wrong("Patient.name[0].extension[0]", /on-resource is for Resource/),
			],
			"its own resource": [extended(here("on-patient"))],
			"another resource": [
				{ resourceType: "Group", type: "person", actual: true, extension: [here("on-patient")] },
				wrong("Group.extension[0]", /on-patient is for Patient/),
			],
			"its own element": [patient({ name: [{ text: "x", extension: [here("on-name")] }] })],
			"an element of that name in another place": [
				patient({ contact: [{ name: { text: "x", extension: [here("on-name")] } }] }),
				wrong("Patient.contact[0].name.extension[0]", /on-name is for Patient.name/),
			],
			"its data type anywhere": [patient({ contact: [{ name: { text: "x", extension: [here("on-type")] } }] })],
			"another data type": [
				patient({ address: [{ text: "x", extension: [here("on-type")] }] }),
				wrong("Patient.address[0].extension[0]", /on-type is for HumanName/),
			],
			"a primitive in a data type": [patient({ name: [{ family: "x", _family: { extension: [here("on-part")] } }] })],
			"another primitive in it": [
				patient({ name: [{ given: ["x"], _given: [{ extension: [here("on-part")] }] }] }),
				wrong("Patient.name[0].given[0].extension[0]", /on-part is for HumanName.family/),
			],
			"a choice, in any of its types": [
				patient({ deceasedBoolean: true, _deceasedBoolean: { extension: [here("on-choice")] } }),
			],
			"one of several places": [patient({ contact: [{ name: text, extension: [here("on-either")] }] })],
			"none of several places": [
				extended(here("on-either")),
				wrong("Patient.extension[0]", /on-either is for one of Patient.contact, Patient.link/),
			],
			"the extension it belongs in": [extended({ url: `${TEST}outer`, extension: [here("within")] })],
			"a place outside that extension": [
				extended(here("within")),
				wrong("Patient.extension[0]", /within is for http:\/\/test.example\/outer/),
			],
			"where FHIRPath says": [patient({ contact: [{ name: { text: "x", extension: [here("by-path")] } }] })],
			"another place than FHIRPath says": [
				patient({ name: [{ text: "x", extension: [here("by-path")] }] }),
				wrong("Patient.name[0].extension[0]", /by-path is for Patient.contact.name/),
			],
			"a resource that fulfils its invariant": [patient({ gender: "female", extension: [here("for-women")] })],
			"a resource that does not": [
				patient({ gender: "male", extension: [here("for-women")] }),
				wrong("Patient.extension[0]", /for-women asks that gender = 'female'/),
			],
		},
		{ definitions },
	);
});

t.test("extensions that a profile asks for", async (t) => {
	const definitions = withDefinitions([
		extensionOf("ward", { "Extension.value[x]": { type: [{ code: "string" }], maxLength: 3 } as never }),
		profileOf("Patient", "Warded", {
			"Patient.extension": { slicing: { discriminator: [{ type: "value", path: "url" }], rules: "closed" } },
			"Patient.extension:ward": { min: 1, max: "1", type: [{ code: "Extension", profile: [`${TEST}ward`] }] },
		}),
	]);
	playTable(
		t,
		{
			one: [extended({ url: `${TEST}ward`, valueString: "abc" })],
			none: [patient({}), ["slice-min", "Patient.extension", /for the slice ward of/]],
			"one too long, told once": [
				extended({ url: `${TEST}ward`, valueString: "abcd" }),
				["max-length", "Patient.extension[0].value.ofType(string)", /at most 3/],
			],
			"one of another kind": [
				extended({ url: `${TEST}ward`, valueString: "a" }, { url: DISABILITY, valueCodeableConcept: text }),
				["slice-closed", "Patient.extension[1]", /is not the slice ward .* told apart by url/],
			],
		},
		{ definitions, profiles: [`${TEST}Warded`] },
	);
});

t.test("modifier extensions, as a profile has them", async (t) => {
	const definitions = withDefinitions([
		extensionOf("not-this", { Extension: { isModifier: true, isModifierReason: "x" }, ...any }),
	]);
	playTable(
		t,
		{
			"one that is defined": [patient({ modifierExtension: [here("not-this")] })],
			"one of another type of value": [
				patient({ modifierExtension: [{ url: `${TEST}not-this`, valueBoolean: true }] }),
				["profile-value-type", "Patient.modifierExtension[0].value.ofType(boolean)", /must be string/],
			],
		},
		{ definitions },
	);
});

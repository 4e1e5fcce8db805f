import t from "tap";
import { loadRegistry } from "../../src/definitions/index.ts";

const registry = loadRegistry();
const element = (type: string, name: string) => registry.type(type)?.elements.get(name);

t.test("knows the 146 types a resource can be an instance of", async (t) => {
	t.equal(registry.resourceTypes.length, 146);
	for (const name of ["Patient", "Bundle", "Binary", "Parameters"]) t.ok(registry.isResourceType(name), name);
	for (const name of ["Resource", "DomainResource", "HumanName", "patient", "toString"]) {
		t.notOk(registry.isResourceType(name), name);
	}
});

t.test("gives a type all its elements, inherited ones too", async (t) => {
	t.ok(["id", "meta", "text", "contained", "name", "gender"].every((name) => element("Patient", name)));
	t.ok(element("Patient.contact", "modifierExtension"), "a nested element has what a backbone element has");
	t.notOk(element("Timing.repeat", "modifierExtension"), "one inside a data type has not");
	t.notOk(element("Bundle", "text"), "a Bundle is no DomainResource");
	t.equal(element("Patient", "id")?.type, "id");
	t.strictSame([...(registry.type("string")?.elements.keys() ?? [])], ["id", "extension"]);
	t.equal(registry.type("constructor"), undefined);
});

t.test("gives a choice one element for each type", async (t) => {
	t.match(element("Observation", "valueQuantity"), { choice: "value", type: "Quantity", array: false });
	t.notOk(element("Observation", "valueMoney"));
	t.notOk(element("Observation", "value"));
});

t.test("resolves content references to the type they name", async (t) => {
	t.equal(element("Observation.component", "referenceRange")?.type, "Observation.referenceRange");
	t.equal(element("Questionnaire.item", "item")?.type, "Questionnaire.item");
});

t.test("names targets, bindings and the implied code system", async (t) => {
	t.strictSame(element("Patient", "managingOrganization")?.targets, ["Organization"]);
	t.equal(element("List.entry", "item")?.targets, undefined, "any target");
	const gender = element("Patient", "gender");
	t.equal(gender?.system, "http://hl7.org/fhir/administrative-gender");
	const codes = registry.codes(gender?.binding?.valueSet ?? "");
	t.strictSame([...(codes ?? [])].sort(), ["female", "male", "other", "unknown"]);
	t.equal(element("Task", "intent")?.system, undefined, "drawn from two code systems");
	t.equal(registry.codes("http://hl7.org/fhir/ValueSet/mimetypes"), undefined, "cannot be listed");
});

t.test("every element is of a type that is there", async (t) => {
	const seen = new Map<string, boolean>();
	const visit = (name: string) => {
		if (seen.has(name)) return;
		const type = registry.type(name);
		seen.set(name, type !== undefined);
		for (const { type: next } of type?.elements.values() ?? []) visit(next);
	};
	for (const name of registry.resourceTypes) visit(name);
	const missing = [...seen].filter(([, found]) => !found).map(([name]) => name);
	t.strictSame(missing, []);
	t.ok(seen.size > 600);
});

t.test("restricts a shared search parameter to the type asked for", async (t) => {
	const expression = (type: string, code: string) => registry.searchParameters(type).get(code)?.expression;
	t.equal(expression("Condition", "code"), "Condition.code");
	t.equal(expression("AllergyIntolerance", "code"), "AllergyIntolerance.code | AllergyIntolerance.reaction.substance");
	t.equal(expression("RiskAssessment", "date"), "(RiskAssessment.occurrence as dateTime)");
	t.equal(expression("InsurancePlan", "name"), "InsurancePlan.name | InsurancePlan.alias");
	t.equal(expression("Patient", "_id"), "Resource.id");
	t.equal(expression("Patient", "_text"), undefined);
	t.notOk(registry.searchParameters("Binary").get("_text"), "_text is of DomainResource");
	t.equal(registry.searchParameters("Nothing").size, 0);
});

t.test("every search parameter but three has an expression, every reference its targets", async (t) => {
	const faults: string[] = [];
	for (const type of registry.resourceTypes) {
		for (const [code, parameter] of registry.searchParameters(type)) {
			const textual = ["_text", "_content", "_query"].includes(code);
			const right =
				(textual || /^\(*(Resource|DomainResource|[A-Z]\w+)\b/.test(parameter.expression ?? "")) &&
				(parameter.type !== "reference" || parameter.targets.length > 0) &&
				(parameter.type !== "composite" || (parameter.components?.length ?? 0) > 1);
			if (!right) faults.push(`${type}?${code}`);
		}
	}
	t.strictSame(faults, []);
});

t.test("compartments name parameters that exist", async (t) => {
	const names = ["Patient", "Encounter", "RelatedPerson", "Practitioner", "Device"] as const;
	const unknown = names.flatMap((name) =>
		[...registry.compartment(name)].flatMap(([type, codes]) =>
			codes.filter((code) => code !== "{def}" && !registry.searchParameters(type).has(code)),
		),
	);
	t.strictSame(unknown, []);
	t.strictSame(registry.compartment("Patient").get("Condition"), ["patient", "asserter"]);
	t.strictSame(registry.compartment("Practitioner").get("Practitioner"), ["{def}"]);
	t.notOk(registry.compartment("Patient").has("Medication"));
});

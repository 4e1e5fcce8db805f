import { isId } from "../../kernel/index.ts";
import { searchTable } from "../parameters.ts";
import { and, type Node, or } from "../tree.ts";
import { malformed } from "../types/prefix.ts";
import { codingEntry } from "../types/token.ts";
import { behindLink } from "./bounds.ts";
import type { SearchScope } from "./scope.ts";

/** A list that every patient may have one of: the types of its members, and the codes by which such a List is known. */
type Functional = {
	readonly types: readonly string[];
	readonly loinc: readonly string[];
	readonly use: string;
	/** What members must have beside. */
	readonly only?: Node;
};

const ALLERGIES: Functional = {
	types: ["AllergyIntolerance"],
	loinc: ["18716-1", "52472-8", "48765-2"],
	use: "allergies",
};

/** The functional lists of R4. That of drug allergies is the part of the allergies that medicines cause. https://hl7.org/fhir/R4/lifecycle.html#lists */
const FUNCTIONAL: Record<string, Functional> = {
	"$current-problems": { types: ["Condition"], loinc: ["46105-3"], use: "problems" },
	"$current-medications": {
		types: ["MedicationStatement", "MedicationRequest"],
		loinc: ["57828-6", "10160-0"],
		use: "medications",
	},
	"$current-allergies": ALLERGIES,
	"$current-drug-allergies": {
		...ALLERGIES,
		only: {
			kind: "key",
			path: "category",
			entry: codingEntry("http://hl7.org/fhir/allergy-intolerance-category", "medication"),
			selective: false,
		},
	},
};

const LOINC = "http://loinc.org";
const LIST_CODES = "http://terminology.hl7.org/CodeSystem/list-example-use-codes";
const LIST_STATUS = "http://hl7.org/fhir/list-status";

/**
 * Members of a List: by its id, or `$current-allergies` and its like, the newest working List of each patient that has
 * the code. https://hl7.org/fhir/R4/search.html#list
 */
export function readList(scope: SearchScope, resourceType: string, text: string): Node {
	behindLink(scope);
	if (text.startsWith("$")) return readFunctional(scope, resourceType, text);
	const id = text.startsWith("List/") ? text.slice("List/".length) : text;
	if (!isId(id)) throw malformed("_list", `the id of a List, or one of ${Object.keys(FUNCTIONAL).join(", ")}`);
	return { kind: "listed", list: id };
}

function readFunctional(scope: SearchScope, resourceType: string, name: string): Node {
	const list = Object.hasOwn(FUNCTIONAL, name) ? FUNCTIONAL[name] : undefined;
	if (!list) throw malformed("_list", `the id of a List, or one of ${Object.keys(FUNCTIONAL).join(", ")}`);
	if (!list.types.includes(resourceType)) throw malformed("_list", `asked of ${list.types.join(" or ")} for ${name}`);
	const codes = [...list.loinc.map((code) => codingEntry(LOINC, code)), codingEntry(LIST_CODES, list.use)];
	const key = (path: string, entry: string): Node => ({ kind: "key", path, entry, selective: false });
	const node = and([or(codes.map((entry) => key("code", entry))), key("status", codingEntry(LIST_STATUS, "current"))]);
	const current: Node = { kind: "current", patient: patientOf(scope, resourceType), node };
	return list.only ? and([current, list.only]) : current;
}

/** The place that names the patient of a resource. */
function patientOf({ registry }: SearchScope, resourceType: string): string {
	const parameter = searchTable(registry, resourceType).parameters.get("patient");
	const [path] = parameter?.kind === "plain" ? parameter.paths : [];
	if (!path) throw new Error(`${resourceType} has no patient`);
	return path.name;
}

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { loadRegistry } from "../../src/definitions/index.ts";
import { parseJson, type Resource } from "../../src/kernel/index.ts";
import { checkStructure } from "../../src/validation/index.ts";

const folder = join(import.meta.dirname, "../../node_modules/hl7.fhir.r4.examples");
const registry = loadRegistry();

/** Examples of HL7 that break R4's own rules: where, and the only fault they may have. */
const INVALID: Record<string, RegExp> = {
	"ActivityDefinition-blood-tubes-supply": /\.text\.div has no text \(txt-2\)/,
	"ActivityDefinition-heart-valve-replacement": /\.text\.div has no text \(txt-2\)/,
	"EventDefinition-example": /\.text\.div has no text \(txt-2\)/,
	"Questionnaire-zika-virus-exposure-assessment": /\.text\.div has no text \(txt-2\)/,
	"ImplementationGuide-fhir": /\.(name|status) is missing/,
	"ig-r4": /\.(name|status) is missing/,
	"Questionnaire-qs1": /\.linkId is missing/,
	"SearchParameter-codesystem-extensions-CodeSystem-author": /\.base is missing/,
	"SearchParameter-codesystem-extensions-CodeSystem-effective": /\.base is missing/,
	"SearchParameter-codesystem-extensions-CodeSystem-end": /\.base is missing/,
	"SearchParameter-codesystem-extensions-CodeSystem-keyword": /\.base is missing/,
	"SearchParameter-codesystem-extensions-CodeSystem-workflow": /\.base is missing/,
	"SearchParameter-valueset-extensions-ValueSet-author": /\.base is missing/,
	"SearchParameter-valueset-extensions-ValueSet-effective": /\.base is missing/,
	"SearchParameter-valueset-extensions-ValueSet-end": /\.base is missing/,
	"SearchParameter-valueset-extensions-ValueSet-keyword": /\.base is missing/,
	"SearchParameter-valueset-extensions-ValueSet-workflow": /\.base is missing/,
	"SearchParameter-questionnaireresponse-extensions-QuestionnaireResponse-item-subject": /\.id must be an id/,
};

t.test("every example of the specification passes, but those that break its rules", async (t) => {
	const files = readdirSync(folder).filter((file) => file.endsWith(".json") && !/^(package|\.index)\.json$/.test(file));
	const wrong: string[] = [];
	const failing = new Set<string>();
	for (const file of files) {
		const name = file.slice(0, -".json".length);
		const issues = checkStructure(registry, parseJson(readFileSync(join(folder, file), "utf8")) as Resource);
		if (issues.length > 0) failing.add(name);
		for (const { text } of issues) if (!INVALID[name]?.test(text)) wrong.push(`${file}: ${text}`);
	}
	t.ok(files.length > 5000, `${files.length} examples`);
	t.strictSame(wrong, []);
	t.strictSame([...failing].sort(), Object.keys(INVALID).sort(), "the list names only examples that fail");
});

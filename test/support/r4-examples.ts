import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../../node_modules/hl7.fhir.r4.examples");

/** Examples of HL7 that break R4's own rules: where, and the only fault they may have. */
export const INVALID: Record<string, RegExp> = {
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

/** Every instance example of the specification: its file name without the ending, and its text. */
export function* r4Examples(): Generator<{ readonly name: string; readonly text: string }> {
	for (const file of readdirSync(folder)) {
		if (!file.endsWith(".json") || /^(package|\.index)\.json$/.test(file)) continue;
		yield { name: file.slice(0, -".json".length), text: readFileSync(join(folder, file), "utf8") };
	}
}

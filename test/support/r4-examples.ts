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
	/** Full URLs that end in the type and id of another resource than theirs. */
	"Bundle-10bb101f-a121-4264-a920-67be9cb82c74": /fullUrl must end in the type and id of its resource/,
	"Bundle-3a0707d3-549e-4467-b8b8-5a2ab3800efe": /fullUrl must end in the type and id of its resource/,
	"Bundle-lri-example": /fullUrl must end in the type and id of its resource/,
	/** "variant=DICOM WADO-RS": a blank ends a parameter of a media type. */
	"Bundle-b0a5e4277-83c4-4adb-87e2-e3efe3369b6f": /payloadMimeType\[0\] must have one of the codes/,
	/** Two entries of one fullUrl. */
	"Bundle-dataelements": /must fulfil bdl-7/,
	/** The extension "translation" is for strings, and stands on a concept here. */
	"Bundle-valueset-expansions": /Translation is for one of string, code, markdown|faults are not listed/,
	/** References to types that their elements do not allow. */
	"DeviceMetric-example": /parent must refer to Device, not to DeviceDefinition/,
	"DeviceUseStatement-example": /reasonReference\[0\] must refer to .* not to Procedure/,
	"MedicationRequest-medrx0301": /performer must refer to Organization, not to Practitioner/,
	"Observation-clinical-gender": /performer\[0\] must refer to .* not to Encounter/,
	/** "exists" with an answer that is no boolean. */
	"Questionnaire-bb": /must fulfil que-7/,
	/** Logical models that are not abstract and build on nothing. */
	"StructureDefinition-Definition": /must fulfil sdf-4/,
	"StructureDefinition-Event": /must fulfil sdf-4/,
	"StructureDefinition-FiveWs": /must fulfil sdf-4/,
	"StructureDefinition-Request": /must fulfil sdf-4/,
	"SearchParameter-questionnaireresponse-extensions-QuestionnaireResponse-item-subject": /\.id must be an id/,
};

/** Every instance example of the specification: its file name without the ending, and its text. */
export function* r4Examples(): Generator<{ readonly name: string; readonly text: string }> {
	for (const file of readdirSync(folder)) {
		if (!file.endsWith(".json") || /^(package|\.index)\.json$/.test(file)) continue;
		yield { name: file.slice(0, -".json".length), text: readFileSync(join(folder, file), "utf8") };
	}
}

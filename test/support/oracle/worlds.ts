import fc from "fast-check";
import { GENDERS, GIVEN, IDS, oneOf, PLACES, PROFILES, URLS, WORDS } from "./alphabets.ts";
import {
	absent,
	address,
	coding,
	concept,
	dateTime,
	day,
	humanName,
	identifier,
	instant,
	list,
	manyCoded,
	number,
	period,
	plainQuantity,
	quantity,
	range,
	referenceTo,
	sampledData,
	some,
	telecom,
	timing,
} from "./elements.ts";

/** A resource before its world has a prefix and a base. */
export type Template = { readonly resourceType: string; readonly id: string; readonly [name: string]: unknown };

type Properties = Record<string, fc.Arbitrary<unknown>>;

const meta = some({
	tag: list(coding),
	security: list(coding),
	profile: list(oneOf(PROFILES), 1),
	source: oneOf(URLS),
});

/** Properties of `required` always, each of `optional` and one of `choice` perhaps. */
const resource = (resourceType: string, required: Properties, optional: Properties, ...choices: Properties[]) =>
	fc
		.tuple(
			fc.record({ id: oneOf(IDS), ...required }),
			fc.record({ meta, ...optional }, { requiredKeys: [] }),
			...choices.map((choice) => fc.oneof(fc.constant({}), ...Object.entries(choice).map(propertyOf))),
		)
		.map((parts): Template => Object.assign({ resourceType }, ...parts));

const propertyOf = ([name, value]: [string, fc.Arbitrary<unknown>]) => value.map((made) => ({ [name]: made }));

const values: Properties = {
	valueQuantity: quantity,
	valueCodeableConcept: concept,
	valueString: oneOf(WORDS),
	valueDateTime: dateTime,
	valuePeriod: period,
	valueSampledData: sampledData,
};

const component = fc
	.tuple(
		concept,
		fc.oneof(...["valueQuantity", "valueCodeableConcept"].map((name) => propertyOf([name, values[name]!]))),
	)
	.map(([code, value]) => ({ code, ...value }));

const subject = referenceTo("Patient", "Patient", "Group");

const containedPatient = fc.tuple(humanName, oneOf(GENDERS)).map(([name, gender]) => ({
	subject: { reference: "#c" },
	contained: [{ resourceType: "Patient", id: "c", name: [name], gender }],
}));

const TEMPLATES: Record<string, fc.Arbitrary<Template>> = {
	Patient: resource(
		"Patient",
		{},
		{
			name: list(humanName),
			address: list(address),
			telecom: list(telecom),
			identifier: list(identifier),
			gender: oneOf(GENDERS),
			active: fc.boolean(),
			managingOrganization: referenceTo("Organization"),
			generalPractitioner: list(referenceTo("Organization", "Practitioner")),
			communication: list(concept.map((language) => ({ language }))),
			maritalStatus: concept,
		},
		{ deceasedBoolean: fc.boolean(), deceasedDateTime: dateTime },
		{ birthDate: day, _birthDate: absent },
	),
	Organization: resource(
		"Organization",
		{ name: oneOf(PLACES) },
		{ alias: list(oneOf(GIVEN)), address: list(address), partOf: referenceTo("Organization"), type: list(concept) },
	),
	Practitioner: resource("Practitioner", {}, { name: list(humanName), gender: oneOf(GENDERS), telecom: list(telecom) }),
	Observation: fc.oneof(
		{ weight: 4, arbitrary: observation() },
		fc.tuple(observation(), containedPatient).map(([made, inner]) => ({ ...made, ...inner })),
	),
	Encounter: resource(
		"Encounter",
		{ status: oneOf(["planned", "finished"]), class: coding },
		{
			subject,
			period,
			length: plainQuantity,
			diagnosis: list(referenceTo("Condition").map((condition) => ({ condition }))),
			serviceProvider: referenceTo("Organization"),
		},
	),
	Condition: resource(
		"Condition",
		{ subject },
		{ code: concept, category: list(concept), encounter: referenceTo("Encounter"), recordedDate: dateTime },
		{
			onsetDateTime: dateTime,
			onsetPeriod: period,
			onsetString: oneOf(WORDS),
			onsetAge: plainQuantity,
			onsetRange: range,
		},
	),
	DiagnosticReport: resource(
		"DiagnosticReport",
		{ status: oneOf(["final", "amended"]), code: concept },
		{ subject, result: list(referenceTo("Observation")), issued: instant, encounter: referenceTo("Encounter") },
	),
	RiskAssessment: resource(
		"RiskAssessment",
		{ status: oneOf(["final", "amended"]), subject },
		{
			prediction: list(number.map((probabilityDecimal) => ({ probabilityDecimal }))),
			condition: referenceTo("Condition"),
		},
	),
	ChargeItem: resource(
		"ChargeItem",
		{ status: oneOf(["billable", "billed"]), code: concept, subject },
		{
			factorOverride: number,
			quantity: plainQuantity,
			priceOverride: fc.record({ value: number, currency: oneOf(["INR", "USD"]) }),
		},
		{ occurrenceDateTime: dateTime, occurrencePeriod: period, occurrenceTiming: timing },
	),
	ValueSet: resource(
		"ValueSet",
		{ status: oneOf(["draft", "active"]) },
		{
			url: oneOf(URLS),
			name: oneOf(WORDS),
			version: oneOf(["1", "1.0"]),
			useContext: list(
				fc
					.tuple(
						coding,
						fc.oneof(
							...Object.entries({ valueQuantity: quantity, valueRange: range, valueCodeableConcept: concept }).map(
								propertyOf,
							),
						),
					)
					.map(([code, value]) => ({ code, ...value })),
			),
		},
	),
	Medication: resource(
		"Medication",
		{},
		{
			code: concept,
			identifier: list(identifier),
			status: oneOf(["active", "inactive"]),
			form: concept,
			ingredient: list(
				fc.oneof(
					concept.map((itemCodeableConcept) => ({ itemCodeableConcept })),
					referenceTo("Medication").map((itemReference) => ({ itemReference })),
				),
			),
			batch: fc.record({ expirationDate: dateTime }),
		},
	),
	MedicationRequest: fc
		.tuple(
			resource(
				"MedicationRequest",
				{ status: oneOf(["active", "completed"]), intent: oneOf(["order", "plan"]), subject },
				{
					requester: referenceTo("Practitioner"),
					authoredOn: dateTime,
					dosageInstruction: list(fc.record({ timing })),
				},
			),
			fc.oneof(
				concept.map((medicationCodeableConcept) => ({ medicationCodeableConcept })),
				referenceTo("Medication").map((medicationReference) => ({ medicationReference })),
			),
		)
		.map(([made, medication]) => ({ ...made, ...medication })),
	Location: resource(
		"Location",
		{},
		{
			name: oneOf(PLACES),
			alias: list(oneOf(GIVEN)),
			address,
			status: oneOf(["active", "inactive"]),
			type: list(concept),
			managingOrganization: referenceTo("Organization"),
			partOf: referenceTo("Location"),
		},
	),
	StructureDefinition: resource(
		"StructureDefinition",
		{
			url: oneOf(URLS),
			name: oneOf(WORDS),
			// One in force would have to be a profile, and resources would be held against it.
			status: fc.constant("retired"),
			kind: fc.constant("resource"),
			abstract: fc.constant(false),
			type: oneOf(["Patient", "Observation", "http://p.test/a"]),
		},
		{ baseDefinition: oneOf(PROFILES), experimental: fc.boolean() },
	),
	QuestionnaireResponse: resource(
		"QuestionnaireResponse",
		{ status: oneOf(["completed", "amended"]) },
		{ questionnaire: oneOf(PROFILES), subject, authored: dateTime },
	),
};

function observation(): fc.Arbitrary<Template> {
	return resource(
		"Observation",
		{ status: oneOf(["final", "amended"]), code: fc.oneof(concept, manyCoded) },
		{
			category: list(concept),
			identifier: list(identifier),
			subject,
			encounter: referenceTo("Encounter"),
			performer: list(referenceTo("Practitioner", "Organization", "Patient")),
			hasMember: list(referenceTo("Observation")),
			component: list(component, 3),
		},
		values,
		{ effectiveDateTime: dateTime, effectivePeriod: period, effectiveTiming: timing, effectiveInstant: instant },
	);
}

/** Up to twelve resources of these types. */
export const worldsOf = (types: readonly string[]): fc.Arbitrary<Template[]> =>
	fc.uniqueArray(fc.oneof(...types.map((type) => TEMPLATES[type]!)), {
		minLength: 1,
		maxLength: 12,
		size: "max",
		selector: ({ resourceType, id }) => `${resourceType}/${id}`,
	});

// biome-ignore lint/suspicious/noExplicitAny: a damage reaches into a document wherever it likes.
type Any = any;

/** One rule broken in an official sample: where, and the fault that must be told. */
export type Damage = {
	/** Part of the sample's file name. */
	readonly sample: string;
	readonly what: string;
	readonly damage: (document: Any, entry: (n: number) => Any) => void;
	/** Stable code of the message, and the place it names. */
	readonly rule: string;
	readonly place: string;
};

const damages: Damage[] = [];
const of =
	(sample: string) =>
	(what: string, rule: string, place: string, damage: Damage["damage"]): void => {
		damages.push({ sample, what, damage, rule: `PHC-V-${rule}`, place });
	};

const prescription = of("Bundle-Prescription");
prescription("no identifier of the document", "035", "Bundle.identifier", (b) => delete b.identifier);
prescription("no system of that identifier", "035", "Bundle.identifier.system", (b) => delete b.identifier.system);
prescription("no timestamp", "035", "Bundle.timestamp", (b) => delete b.timestamp);
prescription("no version of the document", "035", "Bundle.meta.versionId", (b) => delete b.meta.versionId);
prescription("another type of Bundle", "037", "Bundle.type", (b) => {
	b.type = "collection";
});
prescription("a document that does not begin with its Composition", "020", "Bundle", (b) => b.entry.reverse());
prescription("two entries of one fullUrl", "020", "Bundle.entry[2].fullUrl", (b) => {
	b.entry[2].fullUrl = b.entry[1].fullUrl;
});
prescription("a section too many", "036", "Bundle.entry[0].resource.section", (_b, e) =>
	e(0).section.push(structuredClone(e(0).section[0])),
);
prescription("no section", "035", "Bundle.entry[0].resource.section", (_b, e) => delete e(0).section);
prescription("an entry of no slice", "044", "Bundle.entry[0].resource.section[0].entry[0]", (_b, e) => {
	e(0).section[0].entry[0].type = "Condition";
});
prescription("an entry without its type", "044", "Bundle.entry[0].resource.section[0].entry[0]", (_b, e) => {
	delete e(0).section[0].entry[0].type;
});
prescription("two Binaries", "048", "Bundle.entry[0].resource.section[0].entry", (_b, e) =>
	e(0).section[0].entry.push(structuredClone(e(0).section[0].entry[2])),
);
prescription("a section of another code", "037", "Bundle.entry[0].resource.section[0].code.coding[0].code", (_b, e) => {
	e(0).section[0].code.coding[0].code = "371530004";
});
prescription("a coding without display", "035", "Bundle.entry[0].resource.type.coding[0].display", (_b, e) => {
	delete e(0).type.coding[0].display;
});
prescription("a Composition of another code", "037", "Bundle.entry[0].resource.type.coding[0].code", (_b, e) => {
	e(0).type.coding[0].code = "371530004";
});
prescription("no subject", "035", "Bundle.entry[0].resource.subject", (_b, e) => delete e(0).subject);
prescription("a subject that is no Patient", "027", "Bundle.entry[0].resource.subject", (b, e) => {
	e(0).subject.reference = b.entry[2].fullUrl;
});
prescription("an author named by words alone", "035", "Bundle.entry[0].resource.author[0].reference", (_b, e) => {
	e(0).author[0] = { display: "Dr. DEF" };
});
prescription("no author", "008", "Bundle.entry[0].resource.author", (_b, e) => delete e(0).author);
prescription("a status that R4 does not have", "012", "Bundle.entry[0].resource.status", (_b, e) => {
	e(0).status = "done";
});
prescription(
	"a medicine without a date",
	"035",
	"Bundle.entry[3].resource.authoredOn",
	(_b, e) => delete e(3).authoredOn,
);
prescription("a medicine without a requester", "035", "Bundle.entry[3].resource.requester", (_b, e) => {
	delete e(3).requester;
});
prescription("a medicine without a dosage", "035", "Bundle.entry[3].resource.dosageInstruction", (_b, e) => {
	delete e(3).dosageInstruction;
});
prescription("a medicine by reference", "039", "Bundle.entry[3].resource.medication.ofType(Reference)", (_b, e) => {
	delete e(3).medicationCodeableConcept;
	e(3).medicationReference = { display: "Azithromycin" };
});
prescription(
	"a medicine of another system",
	"037",
	"Bundle.entry[3].resource.medication.ofType(CodeableConcept).coding[0].system",
	(_b, e) => {
		e(3).medicationCodeableConcept.coding[0].system = "http://www.whocc.no/atc";
	},
);
prescription("a Condition of a code of no slice", "044", "Bundle.entry[5].resource.code.coding[0]", (_b, e) => {
	e(5).code.coding[0].system = "http://loinc.org";
});
prescription("a Condition without a code", "035", "Bundle.entry[5].resource.code", (_b, e) => delete e(5).code);
prescription("a Binary without data", "035", "Bundle.entry[6].resource.data", (_b, e) => delete e(6).data);
prescription("a patient without identifiers", "035", "Bundle.entry[1].resource.identifier", (_b, e) => {
	delete e(1).identifier;
});
prescription("an identifier without a type", "035", "Bundle.entry[1].resource.identifier[0].type", (_b, e) => {
	delete e(1).identifier[0].type;
});
prescription("an identifier without a value", "035", "Bundle.entry[1].resource.identifier[0].value", (_b, e) => {
	delete e(1).identifier[0].value;
});
prescription("a name in parts alone", "035", "Bundle.entry[1].resource.name[0].text", (_b, e) => {
	e(1).name[0] = { family: "ABC" };
});
prescription("a telecom without a value", "035", "Bundle.entry[1].resource.telecom[0].value", (_b, e) => {
	delete e(1).telecom[0].value;
});
prescription("a telecom without a system", "020", "Bundle.entry[1].resource.telecom[0]", (_b, e) => {
	delete e(1).telecom[0].system;
});
prescription("a gender in a letter", "012", "Bundle.entry[1].resource.gender", (_b, e) => {
	e(1).gender = "M";
});
prescription("a birth date as clerks write it", "011", "Bundle.entry[1].resource.birthDate", (_b, e) => {
	e(1).birthDate = "12-01-1981";
});
prescription("a property that R4 does not have", "002", "Bundle.entry[1].resource", (_b, e) => {
	e(1).age = 45;
});

const consultation = of("Bundle-OPConsult");
consultation("no encounter", "035", "Bundle.entry[0].resource.encounter", (_b, e) => delete e(0).encounter);
consultation("two sections of chief complaints", "048", "Bundle.entry[0].resource.section", (_b, e) =>
	e(0).section.push(structuredClone(e(0).section[0])),
);
consultation("complaints that are no Conditions", "027", "Bundle.entry[0].resource.section[0].entry[0]", (b, e) => {
	e(0).section[0].entry[0].reference = b.entry[14].fullUrl;
});
consultation(
	"a section coded in words of our own",
	"037",
	"Bundle.entry[0].resource.section[1].code.coding[0].display",
	(_b, e) => {
		e(0).section[1].code.coding[0].display = "Allergies";
	},
);
consultation("an allergy without a code", "035", "Bundle.entry[5].resource.code", (_b, e) => delete e(5).code);
consultation("an allergy without its status", "020", "Bundle.entry[5].resource", (_b, e) => {
	delete e(5).clinicalStatus;
});
consultation("a procedure without a code", "035", "Bundle.entry[10].resource.code", (_b, e) => delete e(10).code);
consultation("an order of no one", "035", "Bundle.entry[11].resource.requester", (_b, e) => delete e(11).requester);
consultation("an appointment without a start", "035", "Bundle.entry[6].resource.start", (_b, e) => delete e(6).start);
consultation("a file without data", "035", "Bundle.entry[14].resource.content[0].attachment.data", (_b, e) => {
	delete e(14).content[0].attachment.data;
});
consultation("an encounter without a class", "008", "Bundle.entry[4].resource.class", (_b, e) => delete e(4).class);

const report = of("Bundle-DiagnosticReport-Lab");
report("three entries of a report", "036", "Bundle.entry[0].resource.section[0].entry", (_b, e) =>
	e(0).section[0].entry.push(structuredClone(e(0).section[0].entry[0])),
);
report(
	"a report without a conclusion",
	"035",
	"Bundle.entry[4].resource.conclusion",
	(_b, e) => delete e(4).conclusion,
);
report("a report that no one has interpreted", "035", "Bundle.entry[4].resource.resultsInterpreter", (_b, e) => {
	delete e(4).resultsInterpreter;
});
report("a finding of a code of no slice", "044", "Bundle.entry[5].resource.code.coding[0]", (_b, e) => {
	e(5).code.coding[0].system = "http://hl7.org/fhir/sid/icd-10";
});
report("a finding with a reason for having none", "020", "Bundle.entry[5].resource", (_b, e) => {
	e(5).dataAbsentReason = {
		coding: [{ system: "http://terminology.hl7.org/CodeSystem/data-absent-reason", code: "unknown" }],
	};
});
report("a specimen of no time", "035", "Bundle.entry[8].resource.receivedTime", (_b, e) => delete e(8).receivedTime);

const invoice = of("Bundle-InvoiceRecord");
invoice("a record that is not called an invoice", "037", "Bundle.entry[0].resource.type.text", (_b, e) => {
	e(0).type.text = "Bill";
});
invoice("a charge without a quantity", "035", "Bundle.entry[4].resource.quantity", (_b, e) => delete e(4).quantity);
invoice(
	"a medicine of another kind of identifier",
	"037",
	"Bundle.entry[8].resource.identifier[0].type.coding[0].code",
	(_b, e) => {
		e(8).identifier[0].type.coding[0].code = "HIN";
	},
);

const wellness = of("Bundle-WellnessRecord");
wellness("a record of another name", "037", "Bundle.entry[0].resource.type.text", (_b, e) => {
	e(0).type.text = "Fitness Record";
});
wellness("two sections of vital signs", "048", "Bundle.entry[0].resource.section", (_b, e) =>
	e(0).section.push(structuredClone(e(0).section[0])),
);
wellness("vital signs that are files", "027", "Bundle.entry[0].resource.section[0].entry[0]", (b, e) => {
	e(0).section[0].entry[0].reference = b.entry[23].fullUrl;
});

const immunization = of("Bundle-ImmunizationRecord");
immunization("two recommendations", "048", "Bundle.entry[0].resource.section[0].entry", (_b, e) => {
	const { entry } = e(0).section[0];
	entry.push(structuredClone(entry.find((one: Any) => one.type === "ImmunizationRecommendation")));
});
immunization("a vaccination of no time", "008", "Bundle.entry[4].resource.occurrence", (_b, e) => {
	delete e(4).occurrenceDateTime;
});

const files = of("Bundle-HealthDocumentRecord");
files("files that are no files", "027", "Bundle.entry[0].resource.section[0].entry[0]", (b, e) => {
	e(0).section[0].entry[0].reference = b.entry[2].fullUrl;
});
files("a record of another code", "037", "Bundle.entry[0].resource.type.coding[0].code", (_b, e) => {
	e(0).type.coding[0].code = "440545006";
});

/** At least sixty, each of one rule. */
export const DAMAGES: readonly Damage[] = damages;

/** `[code, display]` of a code system. */
export type Code = readonly [code: string, display: string];

/** A diagnosis as a primary health centre meets it: its codes, what the patient complains of, what is prescribed. */
export type Diagnosis = {
	readonly text: string;
	readonly icd10: Code;
	readonly snomed: Code;
	/** SNOMED CT code of the complaint that leads to the visit. */
	readonly complaint: Code;
	/** Keys of MEDICINES. */
	readonly medicines: readonly string[];
	/** How often it is met against the others. */
	readonly weight: number;
	readonly fever?: boolean;
	/** Years of age, first and last. */
	readonly ages: readonly [number, number];
};

const FEVER: Code = ["386661006", "Fever"];
const COUGH: Code = ["49727002", "Cough"];
const ADULT = [18, 100] as const;
const ALL = [0, 100] as const;
const NOT_INFANT = [2, 100] as const;

export const HYPERTENSION: Diagnosis = {
	text: "Hypertension",
	icd10: ["I10", "Essential (primary) hypertension"],
	snomed: ["59621000", "Essential hypertension"],
	complaint: ["390906007", "Follow-up encounter"],
	medicines: ["amlodipine", "telmisartan"],
	weight: 0,
	ages: [30, 100],
};

export const DIABETES: Diagnosis = {
	text: "Type 2 diabetes mellitus",
	icd10: ["E11.9", "Type 2 diabetes mellitus without complications"],
	snomed: ["44054006", "Type 2 diabetes mellitus"],
	complaint: ["390906007", "Follow-up encounter"],
	medicines: ["metformin", "glimepiride"],
	weight: 0,
	ages: [30, 100],
};

export const PREGNANCY: Diagnosis = {
	text: "Antenatal care",
	icd10: ["Z34.9", "Supervision of normal pregnancy, unspecified"],
	snomed: ["72892002", "Normal pregnancy"],
	complaint: ["424619006", "Prenatal visit"],
	medicines: ["ironFolic", "calcium"],
	weight: 0,
	ages: [18, 42],
};

/** What begins and passes; the weights add up as they may. */
export const ACUTE: readonly Diagnosis[] = [
	{
		text: "Upper respiratory tract infection",
		icd10: ["J06.9", "Acute upper respiratory infection, unspecified"],
		snomed: ["54150009", "Upper respiratory infection"],
		complaint: COUGH,
		medicines: ["paracetamol", "cetirizine"],
		weight: 22,
		ages: ALL,
	},
	{
		text: "Acute diarrhoea",
		icd10: ["A09", "Diarrhoea and gastroenteritis of presumed infectious origin"],
		snomed: ["409966000", "Acute diarrhea"],
		complaint: ["62315008", "Diarrhea"],
		medicines: ["ors", "zinc"],
		weight: 14,
		ages: ALL,
	},
	{
		text: "Fever, cause not yet known",
		icd10: ["R50.9", "Fever, unspecified"],
		snomed: FEVER,
		complaint: FEVER,
		medicines: ["paracetamol"],
		weight: 12,
		fever: true,
		ages: ALL,
	},
	{
		text: "Malaria",
		icd10: ["B54", "Unspecified malaria"],
		snomed: ["61462000", "Malaria"],
		complaint: FEVER,
		medicines: ["chloroquine", "paracetamol"],
		weight: 4,
		fever: true,
		ages: NOT_INFANT,
	},
	{
		text: "Dengue fever",
		icd10: ["A97.9", "Dengue, unspecified"],
		snomed: ["38362002", "Dengue"],
		complaint: FEVER,
		medicines: ["paracetamol", "ors"],
		weight: 4,
		fever: true,
		ages: NOT_INFANT,
	},
	{
		text: "Typhoid fever",
		icd10: ["A01.0", "Typhoid fever"],
		snomed: ["4834000", "Typhoid fever"],
		complaint: FEVER,
		medicines: ["azithromycin", "paracetamol"],
		weight: 3,
		fever: true,
		ages: NOT_INFANT,
	},
	{
		text: "Pneumonia",
		icd10: ["J18.9", "Pneumonia, unspecified"],
		snomed: ["233604007", "Pneumonia"],
		complaint: COUGH,
		medicines: ["amoxicillin", "paracetamol"],
		weight: 3,
		fever: true,
		ages: ALL,
	},
	{
		text: "Iron deficiency anaemia",
		icd10: ["D50.9", "Iron deficiency anaemia, unspecified"],
		snomed: ["87522002", "Iron deficiency anemia"],
		complaint: ["84229001", "Fatigue"],
		medicines: ["ironFolic", "albendazole"],
		weight: 9,
		ages: NOT_INFANT,
	},
	{
		text: "Gastritis",
		icd10: ["K29.7", "Gastritis, unspecified"],
		snomed: ["4556007", "Gastritis"],
		complaint: ["21522001", "Abdominal pain"],
		medicines: ["pantoprazole"],
		weight: 8,
		ages: ADULT,
	},
	{
		text: "Low back pain",
		icd10: ["M54.5", "Low back pain"],
		snomed: ["279039007", "Low back pain"],
		complaint: ["279039007", "Low back pain"],
		medicines: ["ibuprofen"],
		weight: 8,
		ages: ADULT,
	},
	{
		text: "Urinary tract infection",
		icd10: ["N39.0", "Urinary tract infection, site not specified"],
		snomed: ["68566005", "Urinary tract infectious disease"],
		complaint: ["49650001", "Dysuria"],
		medicines: ["nitrofurantoin"],
		weight: 5,
		ages: ADULT,
	},
	{
		text: "Scabies",
		icd10: ["B86", "Scabies"],
		snomed: ["128869009", "Infestation caused by Sarcoptes scabiei var hominis"],
		complaint: ["271807003", "Eruption of skin"],
		medicines: ["permethrin", "cetirizine"],
		weight: 5,
		ages: NOT_INFANT,
	},
	{
		text: "Asthma",
		icd10: ["J45.9", "Asthma, unspecified"],
		snomed: ["195967001", "Asthma"],
		complaint: ["267036007", "Dyspnea"],
		medicines: ["salbutamol"],
		weight: 4,
		ages: NOT_INFANT,
	},
];

import type { Code } from "./diagnoses.ts";

/** A generic medicine of the essential list. `snomed` only where the NRCES guide itself gives the code. */
export type Medicine = {
	readonly text: string;
	readonly snomed?: Code;
	/** Harmonised System of Nomenclature, as on the invoice. */
	readonly hsn: string;
	readonly unit: string;
	readonly timesADay: number;
	readonly days: number;
	readonly instruction: string;
	readonly oral: boolean;
};

const tablet = (text: string, timesADay: number, days: number, instruction: string, hsn = "30049099"): Medicine => ({
	text,
	hsn,
	unit: "tablet",
	timesADay,
	days,
	instruction,
	oral: true,
});

export const MEDICINES: Readonly<Record<string, Medicine>> = {
	paracetamol: {
		...tablet("Tab. Paracetamol 500 mg", 3, 3, "1 tablet three times a day after food, for 3 days", "30049063"),
		snomed: ["322236009", "Acetaminophen 500 mg oral tablet"],
	},
	azithromycin: {
		...tablet("Tab. Azithromycin 250 mg", 2, 5, "1 tablet twice a day, for 5 days", "30042064"),
		snomed: ["1145423002", "Azithromycin 250 mg oral tablet"],
	},
	telmisartan: {
		...tablet("Tab. Telmisartan 20 mg", 1, 30, "1 tablet every morning, for 30 days"),
		snomed: ["134463001", "Telmisartan 20 mg oral tablet"],
	},
	amlodipine: tablet("Tab. Amlodipine 5 mg", 1, 30, "1 tablet every morning, for 30 days"),
	metformin: tablet("Tab. Metformin 500 mg", 2, 30, "1 tablet twice a day with food, for 30 days"),
	glimepiride: tablet("Tab. Glimepiride 1 mg", 1, 30, "1 tablet before breakfast, for 30 days"),
	cetirizine: tablet("Tab. Cetirizine 10 mg", 1, 5, "1 tablet at night, for 5 days"),
	amoxicillin: tablet("Cap. Amoxicillin 500 mg", 3, 5, "1 capsule three times a day, for 5 days", "30041030"),
	chloroquine: tablet("Tab. Chloroquine 250 mg (150 mg base)", 1, 3, "As by the national schedule, for 3 days"),
	ironFolic: tablet("Tab. Iron 60 mg and Folic acid 0.5 mg", 1, 30, "1 tablet a day, for 30 days", "30045090"),
	calcium: tablet("Tab. Calcium 500 mg and Vitamin D3 250 IU", 2, 30, "1 tablet twice a day, for 30 days", "30045090"),
	albendazole: tablet("Tab. Albendazole 400 mg", 1, 1, "1 tablet once"),
	pantoprazole: tablet("Tab. Pantoprazole 40 mg", 1, 7, "1 tablet before breakfast, for 7 days"),
	ibuprofen: tablet("Tab. Ibuprofen 400 mg", 2, 5, "1 tablet twice a day after food, for 5 days"),
	nitrofurantoin: tablet("Cap. Nitrofurantoin 100 mg", 2, 5, "1 capsule twice a day, for 5 days"),
	zinc: tablet("Tab. Zinc sulphate 20 mg (dispersible)", 1, 14, "1 tablet in clean water once a day, for 14 days"),
	ors: {
		...tablet("ORS sachet (WHO formula)", 2, 3, "1 sachet in 1 litre of clean water, sips through the day"),
		unit: "sachet",
	},
	permethrin: {
		...tablet("Permethrin cream 5 %", 1, 1, "Neck to toe at night, wash off in the morning; again after 7 days"),
		unit: "tube",
		oral: false,
	},
	salbutamol: {
		...tablet("Salbutamol inhaler 100 mcg", 2, 30, "2 puffs when breathless"),
		unit: "inhaler",
		oral: false,
	},
};

/** A name in Latin letters and in the script of its language. */
export type Spelling = readonly [latin: string, native: string];

/** What a language region gives to a patient: names, and where people live. */
export type Region = {
	/** BCP 47. */
	readonly language: string;
	readonly languageName: string;
	readonly male: readonly Spelling[];
	readonly female: readonly Spelling[];
	readonly family: readonly Spelling[];
	readonly state: string;
	readonly district: string;
	readonly pinPrefix: string;
	readonly villages: readonly string[];
};

const spellings = (text: string): readonly Spelling[] =>
	text.split(" ").map((pair) => pair.split(":") as unknown as Spelling);

const region = (
	language: string,
	languageName: string,
	[male, female, family]: readonly [string, string, string],
	[state, district, pinPrefix]: readonly [string, string, string],
	villages: readonly string[],
): Region => ({
	language,
	languageName,
	male: spellings(male),
	female: spellings(female),
	family: spellings(family),
	state,
	district,
	pinPrefix,
	villages,
});

export const REGIONS: readonly Region[] = [
	region(
		"hi",
		"Hindi",
		[
			"Ramesh:रमेश Suresh:सुरेश Mahesh:महेश Rajesh:राजेश Anil:अनिल Sunil:सुनील Vijay:विजय Mohan:मोहन Arjun:अर्जुन Imran:इमरान",
			"Sunita:सुनीता Geeta:गीता Rekha:रेखा Asha:आशा Kamla:कमला Pooja:पूजा Savitri:सावित्री Meena:मीना Rani:रानी Shabnam:शबनम",
			"Kumar:कुमार Yadav:यादव Sharma:शर्मा Verma:वर्मा Gupta:गुप्ता Ansari:अंसारी Patel:पटेल Chauhan:चौहान",
		],
		["Madhya Pradesh", "Sehore", "466"],
		["Bilkisganj", "Ichhawar", "Shyampur", "Doraha", "Ahmadpur", "Barkheda"],
	),
	region(
		"mr",
		"Marathi",
		[
			"Ganesh:गणेश Sachin:सचिन Nitin:नितीन Prakash:प्रकाश Dnyaneshwar:ज्ञानेश्वर Tukaram:तुकाराम Sanjay:संजय Vilas:विलास",
			"Manisha:मनीषा Vaishali:वैशाली Sangita:संगीता Jyoti:ज्योती Ashwini:अश्विनी Kaveri:कावेरी Mangal:मंगल Shobha:शोभा",
			"Patil:पाटील Jadhav:जाधव Shinde:शिंदे Pawar:पवार Kulkarni:कुलकर्णी Gaikwad:गायकवाड",
		],
		["Maharashtra", "Pune", "412"],
		["Wagholi", "Khed", "Manchar", "Narayangaon", "Shikrapur"],
	),
	region(
		"bn",
		"Bengali",
		[
			"Subhas:সুভাষ Rabindra:রবীন্দ্র Tapan:তপন Sourav:সৌরভ Bikash:বিকাশ Rahim:রহিম Amit:অমিত Dipak:দীপক",
			"Rina:রীনা Mita:মিতা Sharmila:শর্মিলা Anjali:অঞ্জলি Fatema:ফাতেমা Laxmi:লক্ষ্মী Purnima:পূর্ণিমা Tanuja:তনুজা",
			"Das:দাস Ghosh:ঘোষ Mondal:মণ্ডল Sarkar:সরকার Biswas:বিশ্বাস Khatun:খাতুন",
		],
		["West Bengal", "Nadia", "741"],
		["Krishnaganj", "Tehatta", "Chakdaha", "Hanskhali", "Shantipur"],
	),
	region(
		"ta",
		"Tamil",
		[
			"Murugan:முருகன் Senthil:செந்தில் Karthik:கார்த்திக் Selvam:செல்வம் Anbu:அன்பு Kumaran:குமரன் Velu:வேலு Arul:அருள்",
			"Lakshmi:லட்சுமி Meenakshi:மீனாட்சி Kavitha:கவிதா Selvi:செல்வி Malar:மலர் Revathi:ரேவதி Deepa:தீபா Vasantha:வசந்தா",
			"Raman:ராமன் Subramanian:சுப்பிரமணியன் Pandian:பாண்டியன் Ganesan:கணேசன் Arumugam:ஆறுமுகம் Natarajan:நடராஜன்",
		],
		["Tamil Nadu", "Madurai", "625"],
		["Melur", "Vadipatti", "Usilampatti", "Alanganallur", "Peraiyur"],
	),
	region(
		"te",
		"Telugu",
		[
			"Venkatesh:వెంకటేష్ Srinivas:శ్రీనివాస్ Ramana:రమణ Krishna:కృష్ణ Narasimha:నరసింహ Ravi:రవి Satish:సతీష్ Prasad:ప్రసాద్",
			"Padma:పద్మ Lakshmi:లక్ష్మి Sarada:శారద Swathi:స్వాతి Anitha:అనిత Saraswathi:సరస్వతి Bhavani:భవాని Rajitha:రజిత",
			"Reddy:రెడ్డి Rao:రావు Naidu:నాయుడు Goud:గౌడ్ Chowdary:చౌదరి Varma:వర్మ",
		],
		["Telangana", "Medak", "502"],
		["Narsapur", "Toopran", "Ramayampet", "Chegunta", "Papannapet"],
	),
	region(
		"kn",
		"Kannada",
		[
			"Manjunath:ಮಂಜುನಾಥ Basavaraj:ಬಸವರಾಜ್ Shivakumar:ಶಿವಕುಮಾರ್ Nagaraj:ನಾಗರಾಜ್ Girish:ಗಿರೀಶ್ Kiran:ಕಿರಣ್ Raghu:ರಘು",
			"Shobha:ಶೋಭಾ Latha:ಲತಾ Roopa:ರೂಪಾ Gowri:ಗೌರಿ Nagamma:ನಾಗಮ್ಮ Savitha:ಸವಿತಾ Pushpa:ಪುಷ್ಪಾ",
			"Gowda:ಗೌಡ Hegde:ಹೆಗಡೆ Shetty:ಶೆಟ್ಟಿ Naik:ನಾಯಕ್ Patil:ಪಾಟೀಲ್ Rao:ರಾವ್",
		],
		["Karnataka", "Mandya", "571"],
		["Maddur", "Malavalli", "Pandavapura", "Nagamangala", "Koppa"],
	),
	region(
		"gu",
		"Gujarati",
		[
			"Bhavesh:ભાવેશ Jignesh:જીગ્નેશ Hitesh:હિતેશ Kiran:કિરણ Mukesh:મુકેશ Paresh:પરેશ Dinesh:દિનેશ",
			"Hansa:હંસા Kokila:કોકિલા Bhavna:ભાવના Daksha:દક્ષા Hetal:હેતલ Nita:નીતા Jyoti:જ્યોતિ",
			"Patel:પટેલ Shah:શાહ Desai:દેસાઈ Solanki:સોલંકી Parmar:પરમાર Rathod:રાઠોડ",
		],
		["Gujarat", "Anand", "388"],
		["Borsad", "Petlad", "Sojitra", "Umreth", "Anklav"],
	),
	region(
		"ml",
		"Malayalam",
		[
			"Rajan:രാജൻ Biju:ബിജു Shaji:ഷാജി Suresh:സുരേഷ് Anoop:അനൂപ് Vinod:വിനോദ്",
			"Bindu:ബിന്ദു Sindhu:സിന്ധു Ammini:അമ്മിണി Remya:രമ്യ Latha:ലത Suja:സുജ",
			"Nair:നായർ Menon:മേനോൻ Pillai:പിള്ള Kurup:കുറുപ്പ് Thomas:തോമസ്",
		],
		["Kerala", "Palakkad", "678"],
		["Chittur", "Alathur", "Kollengode", "Nenmara", "Pattambi"],
	),
	region(
		"pa",
		"Punjabi",
		[
			"Gurpreet:ਗੁਰਪ੍ਰੀਤ Harjit:ਹਰਜੀਤ Balwinder:ਬਲਵਿੰਦਰ Jaswant:ਜਸਵੰਤ Manpreet:ਮਨਪ੍ਰੀਤ Sukhdev:ਸੁਖਦੇਵ",
			"Simran:ਸਿਮਰਨ Harpreet:ਹਰਪ੍ਰੀਤ Jasleen:ਜਸਲੀਨ Amrit:ਅੰਮ੍ਰਿਤ Rajinder:ਰਜਿੰਦਰ Paramjit:ਪਰਮਜੀਤ",
			"Singh:ਸਿੰਘ Gill:ਗਿੱਲ Sidhu:ਸਿੱਧੂ Dhillon:ਢਿੱਲੋਂ Sandhu:ਸੰਧੂ",
		],
		["Punjab", "Ludhiana", "141"],
		["Sahnewal", "Dehlon", "Pakhowal", "Sidhwan Bet", "Machhiwara"],
	),
	region(
		"or",
		"Odia",
		[
			"Bijay:ବିଜୟ Prasanta:ପ୍ରଶାନ୍ତ Sanjib:ସଞ୍ଜୀବ Rabi:ରବି Manoj:ମନୋଜ Santosh:ସନ୍ତୋଷ",
			"Sasmita:ସସ୍ମିତା Mamata:ମମତା Jhunu:ଝୁନୁ Puspa:ପୁଷ୍ପ Sabita:ସବିତା Basanti:ବାସନ୍ତୀ",
			"Sahu:ସାହୁ Behera:ବେହେରା Nayak:ନାୟକ Pradhan:ପ୍ରଧାନ Jena:ଜେନା",
		],
		["Odisha", "Ganjam", "761"],
		["Hinjilicut", "Kodala", "Polasara", "Digapahandi", "Sheragada"],
	),
];

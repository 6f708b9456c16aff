// Print what OpenResume's parser finds in PDFs, as readers.py does for the others.
import { parseResumeFromPdf } from "lib/parse-resume-from-pdf";

async function main(files: string[]) {
  for (const file of files) {
    const { profile, workExperiences, educations, skills } = await parseResumeFromPdf(file);
    const work = workExperiences.map((job) => ({ name: job.company, position: job.jobTitle, dates: job.date }));
    const degrees = educations.map((entry) => entry.degree);
    const listed = [...skills.featuredSkills.map((featured) => featured.skill), ...skills.descriptions];
    console.log(JSON.stringify({ ...profile, work, degrees, skills: listed }));
  }
}

main(process.argv.slice(2));

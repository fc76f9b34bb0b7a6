"""The participants service: companies, and their enrolment in granted projects."""

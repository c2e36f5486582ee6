"""One regimen of one medicine: looked up (`resolve`), dated (`draft`), its doses and limits."""

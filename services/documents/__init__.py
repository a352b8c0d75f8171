"""Papers: quotes, contracts and invoices as PDFs, printed when they change, kept by their hash."""

"""The doing: EditPlan in, file out. It knows no model, no store, no network and no person."""

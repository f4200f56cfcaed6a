"""The doing: deterministic, knows no pipeline and no chat surface.

Its parts:

    errors document messages schema tool   the words everything is said in
    expert pipeline tasks context          what a step is, and what it is made from
    draft watch chat subchat               how an expert makes a document and how it ends
    run_step approval policies/            what may happen, and what is kept of it
    engine durable liveness                durable execution, and its one door
    providers/ retry                       where models live
    store/ telemetry settings              what is remembered, traced and set
    worker/                                EditPlan in, file out
    evaluation/                            how good the file is
"""

"""The topics: `benchmarks.TOPICS` names them, each module measures one."""

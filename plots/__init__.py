"""Pictures of leaderboards: what is to be seen as plain values, and PNGs made of them.

    from plots.pictures import RankHistory, RankLine
    from plots.studio import Studio

    line = await asyncio.to_thread(RankLine.of, "alice", history)  # history: Sequence[RankAt]
    png = await studio.draw(RankHistory("alice", "titanic", line, medals=True, deadline=None))

`Studio.draw` gives the PNG of any value of `plots.pictures`, or None when it could not be made,
which is logged: the card then goes out without it. It draws in a thread of its own and keeps what
it drew, so that the same picture is made once. Names are handed in as Kaggle gives them.
"""

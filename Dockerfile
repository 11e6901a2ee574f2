# The bot in a container; compose.yaml starts it.
FROM python:3.11-slim

WORKDIR /opt/podium

# A layer of their own: packages are installed again only after a change of the lock file.
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes --requirement requirements.txt

COPY LICENSE ./
COPY bot bot/
COPY cogs cogs/
COPY leaderboards leaderboards/
COPY plots plots/
COPY records records/
COPY storage storage/
RUN python -m compileall -q .

# The user may write to its home folder and to the volume, not to the code.
RUN useradd --uid 1000 --create-home podium && install --directory --owner podium /data /data/backups
USER 1000
ENV DATABASE_PATH=/data/podium.db PYTHONUNBUFFERED=1
VOLUME /data

# Exit code 1 if rounds of syncs do not end, Discord is not connected, or announcements are not sent.
HEALTHCHECK --interval=2m --timeout=30s --start-period=5m CMD ["python", "-m", "bot", "health"]

ENTRYPOINT ["python", "-m", "bot"]

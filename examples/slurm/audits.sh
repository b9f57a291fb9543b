#!/bin/bash
#SBATCH --job-name=audits
#SBATCH --array=1-4
#SBATCH --cpus-per-task=2
#SBATCH --mem=6G
#SBATCH --time=04:00:00
#SBATCH --signal=B:TERM@60
#SBATCH --requeue
#
# Four parts of one batch, each a task of an array: sbatch audits.sh
# A part that was stopped goes on where it was when it is started again; a minute before its time is up
# it is told, drops what runs and leaves (exit status 130).
# --out must lie on a file system that all nodes share, or be a URL such as s3://bucket/audits.

set -euo pipefail

part=$((SLURM_ARRAY_TASK_ID - SLURM_ARRAY_TASK_MIN + 1))
exec reportgen batch --manifest "${MANIFEST:-batch.toml}" --out "${OUT:-audits}" --shard "$part/$SLURM_ARRAY_TASK_COUNT"

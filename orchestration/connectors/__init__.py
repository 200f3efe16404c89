"""From a brand's systems to immutable landed loads. Nothing here imports dagster."""

"""The profiles that gradcheck ships: `gradcheck run --profile NAME`."""

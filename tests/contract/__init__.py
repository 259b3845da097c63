"""The contract of bedtime mode, sentence by sentence, as a house sees it."""

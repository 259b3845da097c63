"""The options flow and the sleeper subentry flow."""

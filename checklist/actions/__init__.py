"""Every write of this app, a module a topic. Each public action is one transaction with one append to the ledger.

An action locks the launch, then decides, then writes, then refreshes the read model, then appends. Steps, in
steps.py, write and return ledger entries for the action that called them; an action never calls another one.
"""

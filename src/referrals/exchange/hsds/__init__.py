"""HSDS 3.1 as we speak it: records as trees of objects, what of them may leave, and the public interface over both."""

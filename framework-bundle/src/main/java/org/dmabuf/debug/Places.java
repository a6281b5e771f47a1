package org.dmabuf.debug;

import java.security.ProtectionDomain;
import java.util.List;

/** Finds out where the framework was called, as text and no class of anybody. Thread-safe. */
final class Places {
  private static final int FRAMES = 24;

  private final StackWalker walker =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
  private final ProtectionDomain ours = Places.class.getProtectionDomain();

  /** Returns the callers, from the first one on that is not of the framework. */
  List<StackTraceElement> here() {
    return walker.walk(
        frames ->
            frames
                .dropWhile(frame -> frame.getDeclaringClass().getProtectionDomain() == ours)
                .limit(FRAMES)
                .map(StackWalker.StackFrame::toStackTraceElement)
                .toList());
  }

  static String first(List<StackTraceElement> places) {
    return places.isEmpty() ? "an unknown place" : places.getFirst().toString();
  }
}

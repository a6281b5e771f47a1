package org.dmabuf.launcher;

import java.io.PrintWriter;
import java.util.Map;
import java.util.function.LongSupplier;

/** A line of its own now and then, for a file or a pipe. */
final class PlainProgress implements Progress {
  private static final long INTERVAL_NANOS = 1_000_000_000L;

  private final PrintWriter out;
  private final LongSupplier nanoTime;
  private boolean shown;
  private long last;

  PlainProgress(PrintWriter out) {
    this(out, System::nanoTime);
  }

  PlainProgress(PrintWriter out, LongSupplier nanoTime) {
    this.out = out;
    this.nanoTime = nanoTime;
  }

  @Override
  public synchronized void show(Map<String, Object> state) {
    long now = nanoTime.getAsLong();
    if (!shown || now - last >= INTERVAL_NANOS) {
      out.println(ProgressText.of(state));
      last = now;
      shown = true;
    }
  }

  @Override
  public void end() {
    out.flush();
  }
}

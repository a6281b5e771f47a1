package org.dmabuf.negotiation;

import java.util.List;
import java.util.Objects;
import org.dmabuf.DmaBuf;

/**
 * A buffer that suits all devices for which it was requested.
 *
 * @param buffer the caller's handle with one count, never null
 * @param candidate who made it, and how: format, modifier, layout, placement; never null
 * @param failures what cheaper candidates said when they were asked, in order; never null
 */
public record NegotiatedBuffer(DmaBuf buffer, Candidate candidate, List<String> failures)
    implements AutoCloseable {
  /** Checks that nothing is null. */
  public NegotiatedBuffer {
    Objects.requireNonNull(buffer, "buffer");
    Objects.requireNonNull(candidate, "candidate");
    failures = List.copyOf(failures);
  }

  /** Returns what was made and why by nobody cheaper, in words; never null. */
  public String sentence() {
    String made = candidate.pixels() + " by " + candidate.place();
    return failures.isEmpty() ? made : made + ", after " + String.join("; ", failures);
  }

  /** Gives the count of the handle back. EBADF when that was done. */
  @Override
  public void close() {
    buffer.close();
  }
}

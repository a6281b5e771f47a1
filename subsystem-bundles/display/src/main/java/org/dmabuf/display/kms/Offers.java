package org.dmabuf.display.kms;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.fence.DmaFence;

/**
 * The fences that a commit gives out. They are given before it takes effect, because who cannot
 * take one must not find the screen changed.
 *
 * <pre>
 *   nothing --make()--> given --the commit begins--> its flips'
 *                             --withdraw()---------> failed with ECANCELED
 * </pre>
 *
 * <p>Used by one thread, but for {@link #none}, which never changes. Kernel counterpart: {@code
 * prepare_signaling()}.
 */
final class Offers {
  private record Given(DmaFence fence, OutFence taker) {}

  private final KmsDevice device;
  private final AtomicRequest request;
  private final Map<Crtc, DmaFence> outs = new HashMap<>();
  private final Map<Connector, DmaFence> writes = new HashMap<>();
  private final List<Given> given = new ArrayList<>();

  private Offers(KmsDevice device, AtomicRequest request) {
    this.device = device;
    this.request = request;
  }

  /** Returns what a request asks for. */
  static Offers of(KmsDevice device, AtomicRequest request) {
    return request.isOffering() ? new Offers(device, request) : device.noOffers();
  }

  /** Returns those of requests that ask for nothing. */
  static Offers none(KmsDevice device) {
    return new Offers(device, new AtomicRequest());
  }

  /** Makes and gives all of them; what a taker throws. */
  void make() {
    if (!request.isOffering()) {
      return;
    }
    request
        .outFences()
        .forEach((crtc, taker) -> outs.put(crtc, give(device.fences().out(crtc), taker)));
    request
        .writebacks()
        .forEach(
            (connector, job) ->
                writes.put(connector, give(device.fences().written(), job.outFence())));
  }

  private DmaFence give(DmaFence fence, OutFence taker) {
    try {
      taker.offered(fence);
    } catch (DmaBufException refused) {
      device.fences().cancel(fence);
      throw refused;
    }
    given.add(new Given(fence, taker));
    return fence;
  }

  /** The commit was refused. */
  void withdraw() {
    for (Given each : given) {
      device.fences().cancel(each.fence());
      each.taker().withdrawn();
    }
  }

  Optional<DmaFence> of(Crtc crtc) {
    return Optional.ofNullable(outs.get(crtc));
  }

  /** Returns what is to be written of a CRTC's picture, each buffer with a use of its own. */
  List<WritebackJob> jobs(Crtc crtc, KmsState after) {
    if (writes.isEmpty()) {
      return List.of();
    }
    List<WritebackJob> jobs = new ArrayList<>();
    request
        .writebacks()
        .forEach(
            (connector, job) -> {
              if (after.of(connector).crtc().equals(Optional.of(crtc))) {
                job.into().use();
                jobs.add(new WritebackJob(job.into(), writes.get(connector)));
              }
            });
    return jobs;
  }
}

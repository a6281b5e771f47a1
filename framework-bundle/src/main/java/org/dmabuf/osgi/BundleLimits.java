package org.dmabuf.osgi;

import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.limit.ClientLimits;
import org.dmabuf.limit.Limit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.metatype.annotations.Designate;

/**
 * The limits of one bundle, as one configuration has them: they hold while it is there, and are
 * changed without beginning the framework anew. Immutable.
 */
@Component(
    service = BundleLimits.class,
    configurationPid = "org.dmabuf.limits",
    configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = LimitsConfig.class, factory = true)
public final class BundleLimits {
  private final String bundle;
  private final ClientLimits limits;

  /** Reads them. */
  @Activate
  public BundleLimits(LimitsConfig config) {
    if (config.bundle() == null || config.bundle().isEmpty()) {
      throw new DmaBufException(
          Errno.EINVAL, "Limits of org.dmabuf.limits name no bundle; its symbolic name works");
    }
    this.bundle = config.bundle();
    ClientLimits own = ClientLimits.NONE;
    own = bytes(own, Limit.BYTES, config.client_mib());
    own = count(own, Limit.BUFFERS, config.client_buffers());
    own = count(own, Limit.FILES, config.client_files());
    own = count(own, Limit.FENCES, config.client_fences());
    this.limits = bytes(own, Limit.PINNED, config.client_pinned_mib());
  }

  String bundle() {
    return bundle;
  }

  ClientLimits limits() {
    return limits;
  }

  private static ClientLimits bytes(ClientLimits before, Limit limit, long mebibytes) {
    return mebibytes == -1
        ? before
        : before.with(limit, ClientLimits.ofMebibytes(limit, mebibytes));
  }

  private static ClientLimits count(ClientLimits before, Limit limit, long most) {
    return most == -1 ? before : before.with(limit, most);
  }
}

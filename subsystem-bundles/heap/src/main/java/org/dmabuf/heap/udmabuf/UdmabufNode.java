package org.dmabuf.heap.udmabuf;

import java.util.concurrent.atomic.AtomicReference;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFlags;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * The node that programs open to make buffers of memory files. Its files outlive the driver, and
 * use its successor.
 *
 * <pre>
 *   no driver --it comes--> a driver --it goes--> no driver (ENODEV)
 * </pre>
 *
 * <p>Thread-safe. Kernel counterpart: {@code /dev/udmabuf}.
 */
@Component(service = DeviceNode.class, property = DeviceNode.NAME + "=" + UdmabufNode.UDMABUF)
public final class UdmabufNode implements DeviceNode {
  static final String UDMABUF = "udmabuf";

  private final AtomicReference<UdmabufDevice> driver = new AtomicReference<>();

  /** Makes a node without a driver. */
  @Activate
  public UdmabufNode() {}

  /** A driver has come; a second one takes its place. */
  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  public void bindDriver(UdmabufDevice device) {
    driver.set(device);
  }

  /** A driver goes. */
  public void unbindDriver(UdmabufDevice device) {
    driver.compareAndSet(device, null);
  }

  @Override
  public String name() {
    return UDMABUF;
  }

  @Override
  public int open(FileTable caller, int flags) {
    device();
    return caller.install(new UdmabufFile(this, flags), (flags & OpenFlags.O_CLOEXEC) != 0);
  }

  /** Returns the driver that is there; ENODEV when none is. */
  UdmabufDevice device() {
    UdmabufDevice now = driver.get();
    if (now == null) {
      throw new DmaBufException(
          Errno.ENODEV, "No driver makes buffers of memory files now; start one");
    }
    return now;
  }
}

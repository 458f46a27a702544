#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# First process of the guest: the host's root, read-only by 9p under a tmpfs overlay, then the job in it. Kernel and init
# talk on ttyS0; the job's output goes to ttyS1.
PATH=/bin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
for module in /modules/*.ko; do insmod "$module" || echo "init: $module does not load"; done
share="trans=virtio,version=9p2000.L,msize=512000"
mount -t 9p -o "ro,cache=loose,$share" hostroot /lower
mount -t tmpfs -o size=75% tmpfs /over
mkdir /over/upper /over/work
mount -t overlay -o lowerdir=/lower,upperdir=/over/upper,workdir=/over/work overlay /root
for folder in proc sys dev; do mount --move "/$folder" "/root/$folder"; done
mkdir -p /root/dev/pts /root/dev/shm /root/run /root/tmp
mount -t devpts devpts /root/dev/pts
for folder in dev/shm run tmp; do mount -t tmpfs -o mode=1777 tmpfs "/root/$folder"; done
mkdir /root/run/results
mount -t 9p -o "$share" results /root/run/results
project=$(cat /root/run/results/project)
case "$project" in
  /tmp/* | /run/*)  # a tmpfs hides it
    mkdir -p "/root$project" /over/project /over/project-work
    mount -t overlay -o "lowerdir=/lower$project,upperdir=/over/project,workdir=/over/project-work" overlay "/root$project" ;;
esac
ifconfig lo 127.0.0.1 up
stty -opost < /root/dev/ttyS1
chroot /root /bin/bash /run/results/job.sh < /root/dev/null > /root/dev/ttyS1 2>&1
echo $? > /root/run/results/status
sync
umount /root/run/results
poweroff -f
